//! Greenroom beside other ways to write a server: by hand on tokio, actix-server, a thread for each connection, Go, gevent. All
//! in interleaved rounds, all figures in one file of JSON, from which `benches/plot` makes pictures and tables.

mod curve;
mod foreign;
mod idle;
mod peer;
mod peers;
mod rounds;
mod spread;
mod versions;
mod work;

pub use peers::run;
