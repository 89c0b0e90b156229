//! Call sites that must compile as they stand: no annotation, no box, no clone. Inside of a spawned async block the
//! compiler forgets lifetimes, and so cannot prove of a type with a `&'static str` in it that it is `'static`.

use std::future::{pending, ready};

use greenroom_core::{
    Actor, Local, RLock, ThreadPool, Waitable, WithTimeout, bracket, finally, finally_ref, join_all,
    kill_all, shield, spawn, spawn_actor, timeout, try_join_all, wait,
};

use crate::journal::{ms, settle, soon};

type Call = Box<dyn Fn() + Send + Sync>;

struct Seat(Call, &'static str);

impl Seat {
    async fn chat(&mut self) {
        (self.0)();
    }

    async fn leave(self) {
        assert_eq!(self.1, "seat");
    }
}

fn call() -> Call {
    Box::new(|| ())
}

fn seat() -> Seat {
    Seat(call(), "seat")
}

#[tokio::test(start_paused = true)]
async fn clean_ups_that_hold_something_with_a_lifetime_nest_in_a_spawned_block() {
    let (word, boxed) = ("word", call());
    let task = spawn(async move {
        let inner = finally(pending::<()>(), async move { assert_eq!(word, "word") });
        let outer = finally(inner, async move { boxed() });
        let by_reference = finally_ref(outer, async move { assert_eq!(word, "word") });
        by_reference.await;
    });
    settle().await;
    assert!(soon(task.kill()).await.is_killed());
}

#[tokio::test(start_paused = true)]
async fn what_holds_something_with_a_lifetime_is_timed_shielded_and_joined_in_a_spawned_block() {
    let (word, boxed) = ("word", call());
    let task = spawn(async move {
        let timed = timeout(ms(5), finally(pending::<()>(), async move { boxed() })).await;
        let shielded = shield(timeout(ms(5), async move { word })).timeout(ms(5)).await;
        let joined = tokio::join!(
            finally(ready(word), async move { assert_eq!(word, "word") }),
            shield(async move { word }),
            async move { word }.timeout(ms(5)),
        );
        let value = spawn(async move { word });
        let both = tokio::join!(
            value.get(),
            timeout(ms(5), finally(value.get(), async move { assert_eq!(word, "word") }))
        );
        assert_eq!(both.0.unwrap(), both.1.unwrap().unwrap());
        let got = value.get().timeout(ms(5)).await.unwrap().unwrap();
        let taken = value.take().timeout(ms(5)).await.unwrap().unwrap();
        timed.is_err() && shielded.unwrap().unwrap() == joined.0 && joined.1 == got && taken == word
    });
    assert!(soon(task).await.unwrap());
}

#[tokio::test(start_paused = true)]
async fn bracket_takes_methods_and_closures_in_a_spawned_block() {
    let (word, one, two) = ("word", call(), call());
    let task = spawn(async move {
        bracket(seat(), Seat::chat, Seat::leave).timeout(ms(5)).await.unwrap();
        bracket(seat(), async |seat| seat.chat().await, |seat| async move { seat.leave().await }).await;
        let body = async |seat: &mut Seat| {
            one();
            seat.chat().await;
        };
        let release = move |seat: Seat| async move {
            two();
            assert_eq!((seat.1, word), ("seat", "word"));
        };
        bracket(seat(), body, release).timeout(ms(5)).await.unwrap();
    });
    assert!(soon(task.join()).await.is_finished());
}

#[tokio::test(start_paused = true)]
async fn futures_of_handles_own_them() {
    let task = spawn(pending::<()>());
    let join = spawn(task.join());
    let get = spawn(task.get());
    let take = spawn(task.take());
    settle().await;
    assert!(soon(spawn(task.kill())).await.unwrap().is_killed());
    assert!(soon(join).await.unwrap().is_killed());
    assert!(soon(get).await.unwrap().is_err() && soon(take).await.unwrap().is_err());
}

static WORD: Local<&str> = Local::new(|| "nobody");

struct Reader(&'static str);

impl Actor for Reader {
    type Message = &'static str;
    type Output = Result<(), String>;

    async fn receive(&mut self, word: &'static str) -> Result<(), String> {
        if word == self.0 { Ok(()) } else { Err(format!("{word} is not {}", self.0)) }
    }
}

#[tokio::test]
async fn many_locals_actors_and_threads_may_hold_something_with_a_lifetime_in_a_spawned_block() {
    let (word, boxed) = ("word", call());
    let task = spawn(async move {
        let pool = ThreadPool::new(1);
        let one = pool.spawn(move || word).await.unwrap().get().await.unwrap();
        let two = pool.apply(move || (boxed(), word).1).await.unwrap();
        let many = pool.map([word, word], move |item| (item, word)).await.unwrap();
        let own = WORD.with_value(word, async { WORD.get().unwrap() }).await;
        let reader = spawn_actor(Reader(word));
        reader.put(word).await.unwrap();
        reader.stop();
        let lock = RLock::new();
        let guard = lock.acquire().await.unwrap();
        let tasks = [spawn(ready(word)), spawn(ready(word))];
        assert_eq!(join_all(&tasks).await.len(), 2);
        try_join_all([reader.task()]).await.unwrap();
        assert_eq!(wait(tasks.iter().map(Waitable::from)).count(1).await, [0]);
        assert_eq!(kill_all(&tasks).await.len(), 2);
        drop(guard);
        pool.kill().await;
        [one, two, own, many[1].1] == [word; 4]
    });
    assert!(task.await.unwrap());
}

#[tokio::test(start_paused = true)]
async fn futures_of_locks_pools_and_many_own_what_they_wait_for() {
    let (lock, pool, task) = (RLock::new(), ThreadPool::new(1), spawn(pending::<()>()));
    let all = [spawn(join_all([&task])), spawn(join_all([&task, &task]).count(1))];
    let any = spawn(wait([Waitable::from(&task)]));
    drop(spawn(lock.acquire()).await.unwrap());
    let called = spawn(pool.spawn(|| 1));
    assert_eq!(spawn(pool.apply(|| 2)).await.unwrap().unwrap(), 2);
    assert_eq!(called.await.unwrap().unwrap().await.unwrap(), 1);
    spawn(pool.join()).await.unwrap();
    assert!(spawn(kill_all([&task])).await.unwrap()[0].is_killed());
    assert_eq!((all[0].get().await.unwrap().len(), any.await.unwrap()), (1, vec![0]));
}
