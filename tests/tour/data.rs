//! Data between tasks: the second part of the tour.

use std::collections::HashSet;

use crate::program::run;

#[tokio::test]
async fn event_wakes_everybody_who_waits_and_whoever_comes_later_goes_on_at_once() {
    assert_eq!(
        run("event").await,
        [
            "Ann waits",
            "Ben waits",
            "Cleo waits",
            "the curtain goes up",
            "Ann goes on",
            "Ben goes on",
            "Cleo goes on",
            "Dan comes late and goes on at once",
            "the curtain is down: timed out after 100ms",
            "it was up for a moment, and is it still? false",
        ]
    );
}

#[tokio::test]
async fn async_result_tells_a_value_or_an_error_to_everybody_and_once() {
    assert_eq!(
        run("async_result").await,
        [
            "known so far: false",
            "Ann hears: Hortense has won",
            "Ben hears: Hortense has won",
            "Cleo hears: Hortense has won",
            "the result is already set; Gaston came too late",
            "it stays Hortense",
            "Ann hears: it rains, there is no race",
            "Ben hears: it rains, there is no race",
            "Cleo hears: it rains, there is no race",
            "nobody told: timed out after 100ms",
        ]
    );
}

/// The numbers at the ends of the lines in which somebody did this, in their order.
fn numbers(lines: &[String], deed: &str) -> Vec<u32> {
    let of = |line: &String| line.split_once(deed)?.1.parse().ok();
    lines.iter().filter_map(of).collect()
}

#[tokio::test]
async fn queue_workers_do_every_job_once_in_order_and_go_home_when_there_is_no_more() {
    let lines = run("queue_workers").await;
    assert_eq!(lines[0], "9 plates are to be washed");
    assert_eq!(numbers(&lines, " washes "), Vec::from_iter(1..=9));
    assert_eq!(numbers(&lines, " dries "), Vec::from_iter(1..=20));
    let count = |wanted: &str| lines.iter().filter(|line| line.ends_with(wanted)).count();
    assert_eq!(count(" sees no more plates"), 3);
    assert_eq!(count(" goes home: timed out after 500ms"), 3);
    assert!(count("the boss waits: 3 lie on the table") > 0, "{lines:?}");
    assert_eq!(lines[lines.len() - 1], "the boss has finished");
}

#[tokio::test]
async fn group_gives_results_in_the_order_of_the_items_or_of_their_ends() {
    let lines = run("group").await;
    let (cheers, results) = lines.split_at(8);
    assert_eq!((cheers[0].as_str(), cheers[7].as_str()), ("cheering: 2", "cheering: 0"));
    let sides =
        |range: std::ops::Range<usize>| cheers[range].iter().map(String::as_str).collect::<HashSet<_>>();
    assert_eq!(sides(1..5), HashSet::from(["hurrah from the left", "hurrah from the right"]));
    assert_eq!(sides(5..7), HashSet::from(["hurrah from behind"]));
    assert_eq!(
        results,
        [
            "map: Tortoise, Fox, Hare",
            "imap: Tortoise",
            "imap: Fox",
            "imap: Hare",
            "imap_unordered: Hare",
            "imap_unordered: Fox",
            "imap_unordered: Tortoise",
        ]
    );
}

#[tokio::test]
async fn pool_runs_two_at_once_and_takes_nobody_when_it_is_full_or_killed() {
    let lines = run("pool").await;
    let (cooking, rest) = lines.split_at(11);
    for dish in ["soup", "fish", "roast", "salad", "cake"] {
        assert!(cooking.contains(&format!("{dish}: begun")), "{cooking:?}");
    }
    let busy = cooking[10].strip_prefix("stoves in use, dish by dish: ").expect("the map is over");
    let busy: Vec<u32> = serde_json::from_str(busy).expect("a list of numbers");
    assert_eq!((busy.len(), busy.iter().max()), (5, Some(&2)));
    assert_eq!(
        rest,
        [
            "full: true, free: 0",
            "one more, at once: the pool is full",
            "one more, as soon as there is a slot",
            "the stock was killed: the kitchen is closed",
            "one more, now: the pool was killed: the kitchen is closed",
        ]
    );
}

#[tokio::test]
async fn socket_pool_listens_to_two_refuses_the_third_and_says_goodbye() {
    assert_eq!(
        run("socket_pool").await,
        [
            "Ann: welcome",
            "Ann: heard hello",
            "Ben: welcome",
            "Ben: heard hello",
            "Cleo: sorry, the pool is full",
            "full: true",
            "shut down: 2",
            "Ann: goodbye",
            "Ben: goodbye",
        ]
    );
}

#[tokio::test]
async fn semaphore_lets_two_in_by_arrival_and_takes_back_only_what_was_taken() {
    let lines = run("semaphore").await;
    let (visits, rest) = lines.split_at(10);
    let came = visits.iter().filter_map(|line| line.split_once(" is in, "));
    let (order, inside): (Vec<_>, Vec<_>) = came.unzip();
    assert_eq!(order, ["1", "2", "3", "4", "5"]);
    assert!(inside.iter().all(|inside| ["1 inside", "2 inside"].contains(inside)), "{inside:?}");
    assert_eq!(
        rest,
        [
            "free: 2 of 2",
            "forgotten, free: 1",
            "given back, free: 2",
            "given back again: no permit is left to be released to a semaphore bounded to 2",
            "free as before: 2",
            "a plain semaphore has 3 now",
        ]
    );
}

#[tokio::test]
async fn locals_are_each_task_s_own_and_go_with_it() {
    let lines = run("locals").await;
    for name in ["Ann", "Ben"] {
        assert_eq!(numbers(&lines, &format!("{name} writes note ")), [1, 2, 3]);
        assert!(lines.contains(&format!("the 3 notes of {name} are burnt")), "{lines:?}");
    }
    assert_eq!(
        lines[8..],
        ["Cleo's children: nobody and Cleo", "in main: a task-local value was asked for outside of a task",]
    );
}

#[tokio::test]
async fn actors_play_ten_strokes_and_the_last_ends_when_nobody_knows_it() {
    let lines = run("actors").await;
    let (first, strokes) = lines.split_first().expect("they play");
    assert_eq!(first, "start");
    for (stroke, word) in strokes[..9].iter().zip(["ping", "pong"].iter().cycle()) {
        assert_eq!(stroke, word);
    }
    assert_eq!(strokes[9..], ["heard: the game is over", "nobody is left to listen to"]);
}

#[cfg(all(feature = "http", unix))]
mod request_local {
    use std::collections::HashSet;
    use std::net::SocketAddr;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;
    use tokio::task::JoinSet;

    use crate::program::Program;

    /// The answers to two requests on a connection of their own.
    async fn ask(address: &str, first: &str, second: &str) -> (SocketAddr, String) {
        let mut client = TcpStream::connect(address).await.expect("it listens");
        let own = client.local_addr().expect("it is connected");
        let first = format!("GET /{first} HTTP/1.1\r\nhost: localhost\r\n\r\n");
        let last = format!("GET /{second} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
        client.write_all((first + &last).as_bytes()).await.expect("it reads");
        let mut answers = String::new();
        client.read_to_string(&mut answers).await.expect("it answers");
        (own, answers)
    }

    #[tokio::test]
    async fn request_local_is_each_request_s_own_and_ends_with_it() {
        let mut program = Program::start("request_local", &["127.0.0.1:0"]);
        let address = program.line().await.expect("it says where it listens");
        let address = address.strip_prefix("listening on ").expect("it says where it listens");
        let names: Vec<_> = (0..40).map(|n| format!("guest{n}")).collect();
        let mut visits = JoinSet::new();
        for two in names.chunks(2) {
            let (address, two) = (address.to_owned(), two.to_owned());
            visits.spawn(async move { (ask(&address, &two[0], &two[1]).await, two) });
        }
        for ((client, answers), two) in visits.join_all().await {
            let greeting = |name| format!("hello {name} at {client}, asked {name} and greeted {name}");
            let greeted: Vec<_> = answers.lines().filter(|line| line.starts_with("hello ")).collect();
            assert_eq!(greeted, [greeting(&two[0]), greeting(&two[1])], "{answers}");
        }
        program.signal("TERM").await;
        let (status, lines, report) = program.end().await;
        assert!(status.success() && report.starts_with("stopped in "), "{status}\n{report}");
        let ends: HashSet<_> = lines.into_iter().collect();
        let expected = names.iter().map(|name| format!("{name} is done: asked {name}, greeted {name}"));
        assert_eq!(ends, expected.collect());
    }
}
