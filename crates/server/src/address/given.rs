//! Sockets that somebody else has made.

use socket2::Socket;

use crate::address::{Address, Form};

impl From<std::net::TcpListener> for Address {
    fn from(listener: std::net::TcpListener) -> Self {
        Self::of(Form::Given(Socket::from(listener)))
    }
}

impl From<tokio::net::TcpListener> for Address {
    fn from(listener: tokio::net::TcpListener) -> Self {
        Self::of(Form::GivenTcp(listener))
    }
}
