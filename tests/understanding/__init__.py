"""How well Iron Guide hears: utterances with labels, noise, and what was understood of them."""
