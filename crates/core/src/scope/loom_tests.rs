//! Every interleaving of what happens to a tree of scopes from outside with what its owner does.

use std::future::ready;
use std::sync::Arc;
use std::task::{Wake, Waker};

use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;

use super::tree::{Cleanup, NodeId, Shelter, Tree, Verdict};

/// Counts wakes.
struct Bell(AtomicUsize);

impl Bell {
    fn new() -> (Arc<Self>, Waker) {
        let bell = Arc::new(Self(AtomicUsize::new(0)));
        (bell.clone(), Waker::from(bell))
    }

    fn rings(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

fn tree() -> (Arc<Tree>, NodeId) {
    let tree = Arc::new(Tree::default());
    let root = tree.open(None, Shelter::Open);
    (tree, root)
}

fn cleanup() -> Cleanup {
    Box::pin(ready(()))
}

#[test]
fn loom_scope_that_opens_while_its_parent_is_cancelled_learns_of_it() {
    loom::model(|| {
        let ((tree, root), (bell, waker)) = (tree(), Bell::new());
        let canceller = thread::spawn({
            let tree = tree.clone();
            move || tree.cancel(root)
        });
        let child = tree.open(Some(root), Shelter::Open);
        let seen = tree.attend(child, &waker).cancelled;
        canceller.join().unwrap();
        assert!(tree.is_cancelled(child));
        assert!(seen || bell.rings() == 1);
        // One that was told and has not been polled since may be waited for, one that was polled too.
        assert_ne!(tree.judge(root), Verdict::Innermost);
    });
}

#[test]
fn loom_shelter_that_opens_while_its_parent_is_cancelled_is_asked_or_woken_and_not_cancelled() {
    loom::model(|| {
        let ((tree, root), (bell, waker)) = (tree(), Bell::new());
        let canceller = thread::spawn({
            let tree = tree.clone();
            move || tree.cancel(root)
        });
        let child = tree.open(Some(root), Shelter::Closed);
        let asked = tree.attend(child, &waker).watch.is_some();
        canceller.join().unwrap();
        assert!(!tree.is_cancelled(child));
        assert!(asked || bell.rings() == 1);
    });
}

#[test]
fn loom_clean_up_handed_to_a_scope_that_leaves_is_with_one_of_the_two() {
    loom::model(|| {
        let (tree, root) = tree();
        let scope = tree.open(Some(root), Shelter::Open);
        let giver = thread::spawn({
            let tree = tree.clone();
            move || tree.adopt(scope, cleanup()).is_ok()
        });
        let left = tree.leave(scope);
        let adopted = giver.join().unwrap();
        assert_eq!(left.len(), usize::from(adopted));
    });
}

#[test]
fn loom_clean_up_handed_to_a_scope_is_fetched_or_wakes_it() {
    loom::model(|| {
        let ((tree, root), (bell, waker)) = (tree(), Bell::new());
        let giver = thread::spawn({
            let tree = tree.clone();
            move || assert!(tree.adopt(root, cleanup()).is_ok())
        });
        let fetched = tree.attend(root, &waker).adopted.len();
        giver.join().unwrap();
        assert!(fetched == 1 || bell.rings() == 1);
        assert_eq!(fetched + tree.attend(root, &waker).adopted.len(), 1);
    });
}

#[test]
fn loom_clean_up_handed_to_a_tree_that_dies_is_dropped_there() {
    loom::model(|| {
        let (tree, root) = tree();
        let giver = thread::spawn({
            let tree = tree.clone();
            move || assert!(tree.adopt(root, cleanup()).is_ok())
        });
        let unfetched = tree.kill();
        giver.join().unwrap();
        assert!(unfetched.len() <= 1);
        assert!(tree.leave(root).is_empty());
    });
}

#[test]
fn loom_parent_and_child_that_leave_together_leave_nothing_behind() {
    loom::model(|| {
        let ((tree, root), (bell, waker)) = (tree(), Bell::new());
        let parent = tree.open(Some(root), Shelter::Open);
        let child = tree.open(Some(parent), Shelter::Open);
        tree.attend(root, &waker);
        tree.cancel(root);
        let told = bell.rings();
        let leaver = thread::spawn({
            let tree = tree.clone();
            move || drop(tree.leave(parent))
        });
        drop(tree.leave(child));
        leaver.join().unwrap();
        assert_eq!(tree.judge(root), Verdict::Innermost);
        // Whoever leaves last leaves the root, which is woken.
        assert!(bell.rings() > told);
        assert_eq!(tree.parent(child), None);
    });
}

#[test]
fn loom_child_whose_parent_leaves_under_a_cancel_is_cancelled_too() {
    loom::model(|| {
        let ((tree, root), (bell, waker)) = (tree(), Bell::new());
        let parent = tree.open(Some(root), Shelter::Open);
        let child = tree.open(Some(parent), Shelter::Open);
        tree.attend(child, &waker);
        let leaver = thread::spawn({
            let tree = tree.clone();
            move || drop(tree.leave(parent))
        });
        tree.cancel(root);
        leaver.join().unwrap();
        assert!(tree.is_cancelled(child));
        assert_eq!(bell.rings(), 1);
        assert_eq!(tree.parent(child), Some(root));
    });
}

#[test]
fn loom_wake_that_comes_after_a_poll_makes_a_cancelled_child_due() {
    loom::model(|| {
        let ((tree, root), (bell, waker)) = (tree(), Bell::new());
        let child = tree.open(Some(root), Shelter::Open);
        tree.cancel(root);
        let watch = tree.attend(child, &waker).watch.unwrap();
        let waking = thread::spawn(move || Waker::from(watch).wake());
        // Not woken yet, or woken: then the parent has been woken as well, and asks for one more poll of the child.
        let verdict = tree.judge(root);
        waking.join().unwrap();
        assert!(verdict == Verdict::Wait || verdict == Verdict::Again);
        assert_eq!(bell.rings(), 1);
        assert_eq!(tree.judge(root), Verdict::Again);
        tree.attend(child, &waker);
        assert_eq!(tree.judge(root), Verdict::Wait);
    });
}
