//! Two actors that play ping-pong.
//!
//! Shows: an actor is a task with an inbox; actors that know each other; an end that both hear of.
//!
//! Run:    cargo run --release --example actors
//! Then:   read. They stop after ten messages.
//!
//! gevent: the tutorial's `Actor`, a `Greenlet` with a `Queue` for its inbox, and its ping and pong, who there never stop.

#![expect(clippy::print_stdout, reason = "an example speaks to whoever runs it")]

use std::ops::ControlFlow;

use greenroom::{Actor, Queue, join_all, spawn_actor, spawn_actor_with};

/// Says what it hears, and plays its own word back.
struct Player {
    word: &'static str,
    partner: Queue<&'static str>,
    left: u32,
}

impl Actor for Player {
    type Message = &'static str;
    type Output = ControlFlow<()>;

    async fn receive(&mut self, message: &'static str) -> ControlFlow<()> {
        println!("{message}");
        // A partner that has left refuses the message, and there is nobody to play with.
        let played = self.partner.put(self.word).await;
        self.left -= 1;
        if played.is_err() || self.left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (to_pinger, to_ponger) = (Queue::unbounded(), Queue::unbounded());
    let pinger = Player { word: "ping", partner: to_ponger.clone(), left: 5 };
    let ponger = Player { word: "pong", partner: to_pinger.clone(), left: 5 };
    let pinger = spawn_actor_with(to_pinger, pinger);
    let ponger = spawn_actor_with(to_ponger, ponger);

    pinger.put("start").await.ok();
    join_all([pinger.task(), ponger.task()]).await;

    // An actor of which nobody needs to know: it ends with the last reference to it.
    let listener = spawn_actor(Listener);
    listener.put("the game is over").await.ok();
    let task = listener.task().clone();
    drop(listener);
    task.join().await;
}

struct Listener;

impl Actor for Listener {
    type Message = &'static str;
    type Output = ();

    async fn receive(&mut self, message: &'static str) {
        println!("heard: {message}");
    }

    async fn stopped(self) {
        println!("nobody is left to listen to");
    }
}
