/*
 * The part of CPython's stable ABI (PEP 384) that durable-rules' extension module uses, and no more.
 *
 * It serves where the real Python.h is not at hand: on a machine without Python's development
 * files, and when the Lambda package is compiled for another processor. What is built with it
 * carries the suffix .abi3.so and loads in every CPython from 3.11 on, 64-bit.
 *
 * Every name below is documented at https://docs.python.org/3/c-api/stable.html; the two structs
 * are laid out as that document fixes them for 64-bit builds with the GIL.
 */
#ifndef Py_PYTHON_H
#define Py_PYTHON_H

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#define PY_MAJOR_VERSION 3
#define Py_LIMITED_API 0x030b0000
#define PYTHON_ABI_VERSION 3
#define METH_VARARGS 0x0001

typedef ssize_t Py_ssize_t;
typedef struct _typeobject PyTypeObject;

typedef struct _object {
    Py_ssize_t ob_refcnt;
    PyTypeObject *ob_type;
} PyObject;

typedef PyObject *(*PyCFunction)(PyObject *, PyObject *);

typedef struct PyMethodDef {
    const char *ml_name;
    PyCFunction ml_meth;
    int ml_flags;
    const char *ml_doc;
} PyMethodDef;

typedef struct PyModuleDef {
    PyObject ob_base;
    PyObject *(*m_init)(void);
    Py_ssize_t m_index;
    PyObject *m_copy;
    const char *m_name;
    const char *m_doc;
    Py_ssize_t m_size;
    PyMethodDef *m_methods;
    void *m_slots;
    int (*m_traverse)(PyObject *, int (*)(PyObject *, void *), void *);
    int (*m_clear)(PyObject *);
    void (*m_free)(void *);
} PyModuleDef;

#define PyModuleDef_HEAD_INIT {1, NULL}, NULL, 0, NULL
#define PyMODINIT_FUNC __attribute__((visibility("default"))) PyObject *

PyObject *PyModule_Create2(struct PyModuleDef *, int);
int PyModule_AddObject(PyObject *, const char *, PyObject *);
#define PyModule_Create(def) PyModule_Create2(def, PYTHON_ABI_VERSION)

int PyArg_ParseTuple(PyObject *, const char *, ...);
PyObject *Py_BuildValue(const char *, ...);
PyObject *PyObject_CallObject(PyObject *, PyObject *);
PyObject *PyObject_Repr(PyObject *);
/* The old name, gone from Python 3.13. */
#define PyEval_CallObject PyObject_CallObject

long PyLong_AsLong(PyObject *);
unsigned long PyType_GetFlags(PyTypeObject *);
#define Py_TPFLAGS_LONG_SUBCLASS (1UL << 24)
#define PyLong_Check(op) ((PyType_GetFlags((op)->ob_type) & Py_TPFLAGS_LONG_SUBCLASS) != 0)

PyObject *PyErr_NewException(const char *, PyObject *, PyObject *);
PyObject *PyErr_NoMemory(void);
void PyErr_SetString(PyObject *, const char *);

void Py_IncRef(PyObject *);
void Py_DecRef(PyObject *);
#define Py_INCREF(op) Py_IncRef((PyObject *)(op))
#define Py_DECREF(op) Py_DecRef((PyObject *)(op))
/* Py_IncRef and Py_DecRef leave NULL alone. */
#define Py_XINCREF(op) Py_IncRef((PyObject *)(op))
#define Py_XDECREF(op) Py_DecRef((PyObject *)(op))

extern PyObject _Py_NoneStruct;
#define Py_None (&_Py_NoneStruct)
#define Py_RETURN_NONE return (Py_IncRef(Py_None), Py_None)

#endif
