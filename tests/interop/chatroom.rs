//! The `chatroom` example in a browser: Chromium, driven by `chatroom.cjs`.

use crate::example::Example;
use crate::foreign::switched_on;
use crate::node::Node;
use crate::running::Running;

/// Plays a scenario against a room of its own.
fn play(scenario: &str) {
    let test = format!("chatroom: {scenario}");
    if !switched_on(&test) {
        return;
    }
    let Some(node) = Node::with_chromium(&test) else { return };
    let room = Example::start("chatroom");
    let script = node.start("chatroom.cjs", &[scenario, &format!("http://{}", room.address())]);
    is_played(script);
    room.ends_well();
}

#[track_caller]
fn is_played(mut script: Running) {
    script.wait_for("done");
    let (status, said) = script.end();
    assert!(status.success() && said.ends_with("done\n"), "{status}\n{said}");
}

#[test]
fn two_browsers_talk_and_one_is_seen_to_leave() {
    play("talk");
}

#[test]
fn a_name_that_is_taken_is_refused_at_the_door() {
    play("taken");
}

#[test]
fn markup_stays_text() {
    play("markup");
}

#[test]
fn each_transport_can_be_asked_for() {
    play("transports");
}

#[test]
fn where_websockets_do_not_work_the_next_best_is_taken() {
    play("fallback");
}

#[test]
fn a_phone_has_nothing_to_scroll_sideways() {
    play("phone");
}

#[test]
fn a_keyboard_is_enough() {
    play("keyboard");
}

#[test]
fn pages_are_told_that_the_server_goes_away_and_come_back_to_the_next() {
    let test = "chatroom: pages_are_told_that_the_server_goes_away_and_come_back_to_the_next";
    if !switched_on(test) {
        return;
    }
    let Some(node) = Node::with_chromium(test) else { return };
    let room = Example::start("chatroom");
    let address = room.address().to_string();
    let mut script = node.start("chatroom.cjs", &["restart", &format!("http://{address}")]);
    script.wait_for("step: ready");
    let complaint = room.ends_well();
    assert!(complaint.contains("0 killed, 0 cut off"), "{complaint}");
    script.wait_for("step: away");
    let next = Example::start_with("chatroom", &[&address]);
    is_played(script);
    next.ends_well();
}

/// Makes `docs/pictures/chatroom.png` anew: `GREENROOM_INTEROP=1 GREENROOM_PICTURE=FILE cargo test --test interop picture`.
#[test]
fn a_picture_is_taken_when_it_is_asked_for() {
    let Some(file) = std::env::var_os("GREENROOM_PICTURE") else { return };
    let Some(node) = Node::with_chromium("chatroom: picture") else { return };
    let room = Example::start("chatroom");
    let address = format!("http://{}", room.address());
    let file = file.into_string().expect("the name of the file is text");
    is_played(node.start("chatroom.cjs", &["picture", &address, &file]));
    room.ends_well();
}
