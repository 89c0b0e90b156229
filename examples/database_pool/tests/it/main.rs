//! The pool, and the program, against a PostgreSQL of their own.

mod cluster;
mod connection_pool;
mod program;
