//! The private line: its exchange and its records.
//!
//! The vectors are published, except those of `exchange.json`: a program in Python computed them
//! (`tests/program/private/vectors.py`), which was written from the protocol alone.

mod ends;
mod exchange;
mod records;
mod vectors;
