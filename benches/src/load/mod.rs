//! The clients: a process of its own, one thread over epoll, on another core than the server that it loads.

mod broadcast;
mod churn;
mod cpu;
mod datagrams;
mod echo;
mod exact;
mod exchange;
mod foreign;
mod hold;
mod latency;
mod load;
mod options;
mod prologue;
mod slow;
mod source;
mod window;
mod wire;

pub use cpu::cpu_ns;
pub use load::client;
use wire::would_block;
