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
mod resident;
mod slow;
mod source;
mod window;
mod wire;

pub use cpu::cpu_ns;
pub use latency::QUANTILES;
pub use load::client;
pub use resident::resident;
use wire::would_block;
