//! HTTP/2.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

use greenroom_core::{Group, bracket};
use greenroom_server::Connection;
use hyper::server::conn::http2;
use hyper_util::rt::{TokioIo, TokioTimer};

use crate::service::HttpService;
use crate::speak::dialogue::Dialogue;
use crate::speak::streams::Streams;
use crate::wire::Wire;

impl<S: HttpService> Dialogue<S> {
    /// Its streams are tasks of their own. However the connection ends, they have ended before it has.
    pub(super) async fn http2(&mut self, conn: Connection) {
        bracket(
            Group::new(),
            async |streams: &mut Group| self.http2_with(conn, streams.clone()).await,
            |streams| async move {
                streams.kill().await;
            },
        )
        .await;
    }

    async fn http2_with(&mut self, conn: Connection, group: Group) {
        let wire = Wire::http2(conn, Arc::clone(&self.life), &self.http);
        let streams = Streams { group, life: Arc::clone(&self.life), progress: self.http.progress };
        let mut builder = http2::Builder::new(streams);
        builder
            .timer(TokioTimer::new())
            .max_concurrent_streams(self.http.max_streams)
            .max_pending_accept_reset_streams(self.http.max_resets)
            .max_header_list_size(u32::try_from(self.http.max_head).unwrap_or(u32::MAX));
        if let Some((interval, limit)) = self.http.ping {
            builder.keep_alive_interval(interval).keep_alive_timeout(limit);
        }
        let engine = builder.serve_connection(TokioIo::new(wire), self.gate());
        let mut engine = pin!(engine);
        let mut stop = self.life.facts.stop.clone();
        let mut told = false;
        let ending = poll_fn(|context| {
            loop {
                let leaves =
                    stop.poll_stopped(context).is_ready() || self.life.is_used_up() || self.clock.is_old();
                if leaves && !told {
                    told = true;
                    self.clock.forget_age();
                    engine.as_mut().graceful_shutdown();
                }
                if let Poll::Ready(result) = Pin::new(&mut engine).poll(context) {
                    return Poll::Ready(Some(result));
                }
                if told || !self.life.is_used_up() {
                    break;
                }
            }
            self.life.wake_on_change(context);
            self.clock.poll_waiting(&self.http, &self.life, context).map(|_| None)
        })
        .await;
        if let Some(Err(error)) = ending {
            tracing::debug!(id = %self.life.facts.id, peer = %self.life.facts.peer, %error, "its HTTP ended with an error");
        }
    }
}
