//! Tasks with an inbox.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use greenroom_core::{Actor, ActorRef, Exit, Queue, TryPutError, join_all, spawn_actor, spawn_actor_with};
use greenroom_testkit::until_idle;
use tokio::time::sleep;

/// What an actor did.
#[derive(Clone, Default)]
struct Diary(Arc<Mutex<Vec<String>>>);

impl Diary {
    fn note(&self, line: impl Into<String>) {
        self.0.lock().unwrap().push(line.into());
    }

    fn read(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

/// Takes a second for each message, and does what it says.
struct Clerk(Diary);

impl Actor for Clerk {
    type Message = &'static str;
    type Output = Result<ControlFlow<()>, String>;

    async fn started(&mut self) {
        self.0.note("started");
    }

    async fn receive(&mut self, message: &'static str) -> Self::Output {
        sleep(Duration::from_secs(1)).await;
        self.0.note(message);
        match message {
            "break" => Ok(ControlFlow::Break(())),
            "fail" => Err("as told".into()),
            "panic" => panic!("as told"),
            _ => Ok(ControlFlow::Continue(())),
        }
    }

    async fn stopped(self) {
        sleep(Duration::from_secs(1)).await;
        self.0.note("stopped");
    }
}

fn clerk(messages: &[&'static str]) -> (ActorRef<&'static str>, Diary) {
    let diary = Diary::default();
    let clerk = spawn_actor(Clerk(diary.clone()));
    for message in messages {
        clerk.try_put(message).unwrap();
    }
    (clerk, diary)
}

#[tokio::test(start_paused = true)]
async fn messages_are_received_one_after_the_other_in_order() {
    let (clerk, diary) = clerk(&["a", "b"]);
    clerk.put("c").await.unwrap();
    sleep(Duration::from_secs(5)).await;
    assert_eq!(diary.read(), ["started", "a", "b", "c"]);
    assert!(!clerk.task().is_finished());
    assert!(clerk.task().name().unwrap().ends_with("Clerk"));
}

#[tokio::test(start_paused = true)]
async fn told_to_stop_it_receives_what_came_before_and_refuses_what_comes_after() {
    let (clerk, diary) = clerk(&["a", "b"]);
    clerk.stop();
    assert_eq!(clerk.try_put("late"), Err(TryPutError::ShutDown("late")));
    assert!(clerk.join().await.is_finished());
    assert_eq!(diary.read(), ["started", "a", "b", "stopped"]);
}

#[tokio::test(start_paused = true)]
async fn when_nobody_can_reach_it_any_more_it_receives_what_is_there_and_ends() {
    let (clerk, diary) = clerk(&["a"]);
    let (task, copy, inbox) = (clerk.task().clone(), clerk.clone(), clerk.inbox().clone());
    drop(clerk);
    until_idle().await;
    copy.put("b").await.unwrap();
    drop(copy);
    assert!(inbox.put("by the back door").await.is_err());
    assert!(task.join().await.is_finished());
    assert_eq!(diary.read(), ["started", "a", "b", "stopped"]);
}

#[tokio::test(start_paused = true)]
async fn killed_it_drops_its_message_and_its_inbox_and_still_says_goodbye() {
    let (clerk, diary) = clerk(&["a", "b", "c"]);
    sleep(Duration::from_millis(1500)).await;
    let kill = clerk.kill();
    let (exit, late) = tokio::join!(kill, async {
        sleep(Duration::from_millis(500)).await;
        // It is saying goodbye: nobody reads its inbox.
        clerk.put("late").await
    });
    assert!(matches!(exit, Exit::Killed(_)));
    assert!(late.is_err());
    assert_eq!(diary.read(), ["started", "a", "stopped"]);
    assert!(clerk.inbox().is_empty());
}

#[tokio::test(start_paused = true)]
async fn killed_before_it_ran_it_does_nothing_and_refuses_messages() {
    let (clerk, diary) = clerk(&["a"]);
    clerk.kill().await;
    assert!(clerk.put("b").await.is_err());
    assert!(diary.read().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_break_ends_it_after_that_message_and_the_rest_is_dropped() {
    let (clerk, diary) = clerk(&["break", "b"]);
    assert!(clerk.join().await.is_finished());
    assert_eq!(diary.read(), ["started", "break", "stopped"]);
    assert!(clerk.inbox().is_empty() && clerk.inbox().is_shut_down());
}

#[tokio::test(start_paused = true)]
async fn an_error_is_how_it_failed_and_a_panic_how_it_panicked() {
    let (clerk, diary) = clerk(&["fail", "b"]);
    let Exit::Failed(error) = clerk.join().await else { panic!("it ended otherwise") };
    assert_eq!(error.to_string(), "as told");
    assert_eq!(diary.read(), ["started", "fail", "stopped"]);

    let (clerk, diary) = self::clerk(&["panic", "b"]);
    let Exit::Panicked(panic) = clerk.join().await else { panic!("it ended otherwise") };
    assert_eq!(panic.message(), "as told");
    assert_eq!(diary.read(), ["started", "panic", "stopped"]);
    assert!(clerk.put("c").await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_bounded_inbox_makes_those_who_put_wait() {
    let diary = Diary::default();
    let clerk = spawn_actor_with(Queue::bounded(1), Clerk(diary.clone()));
    let start = tokio::time::Instant::now();
    for message in ["a", "b", "c", "d"] {
        clerk.put(message).await.unwrap();
    }
    // One is being received, one is stored.
    assert_eq!(start.elapsed(), Duration::from_secs(2));
}

/// The tutorial's pair: each answers the other.
struct Player {
    answer: &'static str,
    other: Queue<&'static str>,
    diary: Diary,
    left: u32,
}

impl Actor for Player {
    type Message = &'static str;
    type Output = ControlFlow<()>;

    async fn receive(&mut self, message: &'static str) -> ControlFlow<()> {
        self.diary.note(message);
        self.left -= 1;
        match self.other.put(self.answer).await {
            Ok(()) if self.left > 0 => ControlFlow::Continue(()),
            _ => ControlFlow::Break(()),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn pinger_and_ponger_answer_each_other() {
    let (diary, pings, pongs) = (Diary::default(), Queue::unbounded(), Queue::unbounded());
    let player = |answer, inbox: &Queue<_>, other: &Queue<_>| {
        let (other, diary) = (other.clone(), diary.clone());
        spawn_actor_with(inbox.clone(), Player { answer, other, diary, left: 2 })
    };
    let pinger = player("ping", &pings, &pongs);
    let ponger = player("pong", &pongs, &pings);
    pinger.put("start").await.unwrap();
    join_all([pinger.task(), ponger.task()]).await;
    assert_eq!(diary.read(), ["start", "ping", "pong", "ping"]);
}
