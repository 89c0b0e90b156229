//! What its contenders have in common.

use std::io;
use std::net::TcpListener;
use std::thread;

use actix_rt::System;
use actix_rt::net::TcpStream;
use actix_server::Server;
use actix_service::fn_service;

use crate::line::serving::Serving;

/// As the other runtimes have.
const WORKERS: usize = 2;

pub fn serve<F>(handle: impl Fn(TcpStream) -> F + Clone + Send + 'static) -> Serving
where
    F: Future<Output = io::Result<()>> + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").expect("bound");
    let address = listener.local_addr().expect("an address");
    let serving = thread::spawn(move || {
        System::new().block_on(async move {
            let factory = move || {
                let handle = handle.clone();
                fn_service(move |stream: TcpStream| {
                    let _ = stream.set_nodelay(true);
                    handle(stream)
                })
            };
            let server = Server::build().workers(WORKERS).disable_signals().listen("peer", listener, factory);
            server.expect("listening").run().await
        })
    });
    Serving::new(address, serving)
}
