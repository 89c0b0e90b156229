//! The live tasks. Others run in this process: each test looks at its own.

use std::process::Command;
use std::time::Duration;

use greenroom_core::{
    AnyTask, Registry, TaskBuilder, TaskNode, TaskState, TaskTree, finally, format_tree, spawn,
};
use tokio::runtime::Builder;
use tokio::task::yield_now;
use tokio::time::sleep;

fn find(tree: &TaskTree, task: &AnyTask) -> Option<TaskNode> {
    tree.nodes().iter().find(|node| node.id == task.id()).cloned()
}

fn is_listed(task: &AnyTask) -> bool {
    Registry::tasks().contains(task)
}

/// The line of a task in the printed tree.
fn line(tree: &str, task: &AnyTask) -> String {
    let mark = format!("#{} ", task.id());
    tree.lines()
        .find(|line| line.contains(&mark) && !line.contains(&format!("by {mark}")))
        .unwrap()
        .to_owned()
}

#[tokio::test(start_paused = true)]
async fn a_task_is_listed_from_its_start_to_its_end_in_whichever_way_that_comes() {
    let unstarted = TaskBuilder::new().unstarted().spawn(async {});
    assert!(!is_listed(&unstarted));
    unstarted.start();
    assert!(is_listed(&unstarted));
    unstarted.join().await;
    assert!(!is_listed(&unstarted));

    let killed = spawn(std::future::pending::<()>());
    let panicked = spawn(async { panic!("as planned") });
    assert!(is_listed(&killed) && is_listed(&panicked));
    killed.kill().await;
    panicked.join().await;
    assert!(!is_listed(&killed) && !is_listed(&panicked));

    let runtime = Builder::new_current_thread().build().unwrap();
    let lost = TaskBuilder::new().on(runtime.handle()).spawn(std::future::pending::<()>());
    assert!(is_listed(&lost));
    runtime.shutdown_background();
    assert!(!is_listed(&lost));
}

#[tokio::test(start_paused = true)]
async fn tasks_are_listed_by_number_and_not_kept_alive() {
    let tasks: Vec<_> = (0..300).map(|_| spawn(std::future::pending::<()>())).collect();
    let listed: Vec<_> = Registry::tasks().into_iter().map(|task| task.id()).collect();
    assert!(listed.is_sorted());
    assert!(tasks.iter().all(|task| listed.binary_search(&task.id()).is_ok()));
    assert!(Registry::len() >= 300);
    greenroom_core::kill_all(&tasks).await;
    assert!(tasks.iter().all(|task| !is_listed(task)));
}

#[tokio::test(start_paused = true)]
async fn a_node_tells_name_parent_state_age_and_place() {
    let parent = TaskBuilder::new().name("parent").spawn(async {
        let child = spawn(finally(std::future::pending::<()>(), std::future::pending::<()>()));
        assert_eq!(
            find(&Registry::tree(), &greenroom_core::current().unwrap()).unwrap().state,
            TaskState::Running
        );
        sleep(Duration::from_secs(9)).await;
        child.take().await
    });
    assert_eq!(find(&Registry::tree(), &parent).unwrap().state, TaskState::Scheduled);
    assert_eq!(find(&Registry::tree(), &parent).unwrap().age, None);
    sleep(Duration::from_millis(2999)).await;
    let tree = Registry::tree();
    let node = find(&tree, &parent).unwrap();
    assert_eq!((node.name.as_deref(), node.parent, node.depth), (Some("parent"), None, 0));
    assert_eq!(node.state, TaskState::Parked);
    // Whole seconds of one clock for all: three of them may begin in less.
    assert!(matches!(node.age.unwrap().as_secs(), 2 | 3));
    assert!(node.spawned_at.file().ends_with("registry.rs"));
    let child = tree.nodes().iter().find(|node| node.parent == Some(parent.id())).unwrap();
    assert_eq!((child.name.as_deref(), child.depth), (None, 1));
    let child = Registry::tasks().into_iter().find(|task| task.id() == child.id).unwrap();
    child.kill_nowait();
    yield_now().await;
    assert_eq!(find(&Registry::tree(), &child).unwrap().state, TaskState::Killing);
    child.kill_within(Duration::ZERO).await;
    parent.kill().await;
}

#[tokio::test(start_paused = true)]
async fn the_tree_is_drawn_with_each_task_under_its_parent() {
    let root = TaskBuilder::new().name("root").spawn(async {
        let first = spawn(async {
            let inner = spawn(std::future::pending::<()>());
            (inner, std::future::pending::<()>().await).0
        });
        let last = spawn(std::future::pending::<()>());
        (first, last, std::future::pending::<()>().await)
    });
    sleep(Duration::from_secs(61)).await;
    let tree = Registry::tree();
    let text = tree.to_string();
    let tasks = Registry::tasks();
    let children: Vec<_> = tasks.iter().filter(|task| task.parent() == Some(root.id())).collect();
    let inner = tasks.iter().find(|task| task.parent() == Some(children[0].id())).unwrap();
    let said = |task: &AnyTask| find(&tree, task).unwrap().to_string();
    let place = children[1].spawned_at();
    assert!(matches!(said(children[1]).strip_prefix(&format!("#{} ", children[1].id())), Some(rest)
        if rest == format!("parked, 61 s, spawned at {place}") || rest == format!("parked, 62 s, spawned at {place}")));
    assert!(line(&text, &root).starts_with(&format!("#{} \"root\" parked, 6", root.id())));
    assert_eq!(line(&text, children[1]), format!("+--- {}", said(children[1])));
    assert_eq!(line(&text, inner), format!("|    +--- {}", said(inner)));
    let at = |task: &AnyTask| text.lines().position(|other| other == line(&text, task)).unwrap();
    let order = [at(&root), at(children[0]), at(inner), at(children[1])];
    assert_eq!(order.map(|at| at - order[0]), [0, 1, 2, 3]);
    // The last of its family draws no line past itself.
    let last = spawn(async {
        let outer = spawn(async {
            let _inner = spawn(std::future::pending::<()>());
            std::future::pending::<()>().await
        });
        (outer, std::future::pending::<()>().await).0
    });
    sleep(Duration::from_secs(1)).await;
    let tree = Registry::tree();
    let deepest =
        tree.nodes().iter().filter(|node| node.id > last.id()).find(|node| node.depth == 2).unwrap();
    assert!(tree.to_string().contains(&format!("\n     +--- #{} ", deepest.id)));
    let mine = tree.nodes().iter().filter(|node| {
        node.id == root.id()
            || node.id == last.id()
            || descends(&tree, node, root.id())
            || descends(&tree, node, last.id())
    });
    let mine: Vec<_> = mine.map(|node| node.id).collect();
    greenroom_core::kill_all(Registry::tasks().into_iter().filter(|task| mine.contains(&task.id()))).await;
}

/// Whether a node descends from a task.
fn descends(tree: &TaskTree, node: &TaskNode, ancestor: greenroom_core::TaskId) -> bool {
    let mut parent = node.parent;
    while let Some(id) = parent {
        if id == ancestor {
            return true;
        }
        parent = tree.nodes().iter().find(|node| node.id == id).and_then(|node| node.parent);
    }
    false
}

#[tokio::test(start_paused = true)]
async fn a_task_whose_parent_is_over_stands_at_the_top_and_says_so() {
    let parent = spawn(async { spawn(std::future::pending::<()>()) });
    let (id, orphan) = (parent.id(), parent.take().await.unwrap());
    yield_now().await;
    let tree = Registry::tree();
    assert_eq!(find(&tree, &orphan).unwrap().depth, 0);
    let text = tree.to_string();
    let line = line(&text, &orphan);
    assert!(line.starts_with(&format!("#{} parked, ", orphan.id())), "{line}");
    assert!(line.ends_with(&format!(" by #{id}, which is gone")), "{line}");
    orphan.kill().await;
}

#[tokio::test(start_paused = true)]
async fn a_name_cannot_disturb_the_terminal_or_forge_a_line() {
    let name = "a\n#1 \"b\u{1b}[2J\u{202e}\u{7}";
    let task = TaskBuilder::new().name(name).spawn(std::future::pending::<()>());
    let text = format_tree();
    let line = line(&text, &task);
    assert!(line.contains(r#""a\n#1 \"b\u{1b}[2J\u{202e}\u{7}" scheduled"#), "{line}");
    assert!(!text.chars().any(|at| at.is_control() && at != '\n'));
    task.kill().await;
}

#[tokio::test(start_paused = true)]
async fn a_long_chain_of_children_takes_a_line_of_bounded_length_each() {
    fn chain(left: u32) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(async move {
            if left > 0 {
                drop(spawn(chain(left - 1)));
            }
            std::future::pending().await
        })
    }
    let root = spawn(chain(2000));
    for _ in 0..2001 {
        yield_now().await;
    }
    let tree = Registry::tree();
    let chain: Vec<_> = tree.nodes().iter().skip_while(|node| node.id != root.id()).take(2001).collect();
    assert!(chain.iter().enumerate().all(|(depth, node)| node.depth == depth));
    let text = tree.to_string();
    let last = format!("(1960 levels deeper) #{} ", chain[2000].id);
    let line = text.lines().find(|line| line.contains(&last)).unwrap();
    assert!(line.len() < 400, "{} bytes", line.len());
    let mine: Vec<_> = chain.iter().map(|node| node.id).collect();
    greenroom_core::kill_all(Registry::tasks().into_iter().filter(|task| mine.contains(&task.id()))).await;
}

/// Runs an ignored test of this file in a process of its own.
fn alone(test: &str) {
    let ran = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("registry::{test}"), "--ignored"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success() && said.contains("1 passed"), "{said}");
}

#[test]
fn an_age_is_right_where_the_paused_clock_of_another_runtime_is_ahead() {
    alone("two_clocks");
}

#[test]
#[ignore = "the first to ask for an age in its process: run by the test above"]
fn two_clocks() {
    let ahead = Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let behind = Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let hour = Duration::from_secs(3600);
    ahead.block_on(async {
        sleep(hour).await;
        spawn(yield_now()).join().await;
    });
    behind.block_on(async {
        let task = spawn(std::future::pending::<()>());
        sleep(hour / 2).await;
        assert!(matches!(task.age().unwrap().as_secs(), 1800 | 1801));
    });
}

#[test]
fn switched_off_it_lists_no_new_task_and_forgets_no_old_one() {
    alone("switching");
}

#[tokio::test]
#[ignore = "switches the registry of its process off: run by the test above"]
async fn switching() {
    assert!(Registry::is_enabled());
    let old = spawn(std::future::pending::<()>());
    Registry::set_enabled(false);
    let unlisted = spawn(std::future::pending::<()>());
    assert_eq!(Registry::tasks(), [AnyTask::from(&old)]);
    assert_eq!(Registry::len(), 1);
    unlisted.kill().await;
    old.kill().await;
    assert_eq!((Registry::len(), format_tree().as_str()), (0, "0 live tasks\n"));
    Registry::set_enabled(true);
    let new = spawn(std::future::pending::<()>());
    assert_eq!(Registry::tasks(), [AnyTask::from(&new)]);
    new.kill().await;
    assert_eq!(Registry::len(), 0);
}
