//! The members beside the talk.

use super::{asked, enter, line};
use std::sync::Arc;
use tictalk::scene::{ListedMember, Members, PromptKind};
use tictalk::wire::{MemberId, MemberSight};

fn sight(number: u64) -> MemberSight {
    MemberSight {
        id: MemberId(number),
        name: Arc::from(format!("member {number}")),
        is_coordinator: false,
        is_here: true,
        is_plain: false,
        plays: None,
    }
}

fn numbers(members: &Members) -> Vec<u64> {
    members.iter().map(|member| member.sight.id.0).collect()
}

#[test]
fn a_list_comes_in_portions_and_replaces_the_one_before() {
    let mut members = Members::default();
    members.list(vec![sight(1), sight(2)], true);
    members.list(vec![sight(3)], false);
    assert_eq!(numbers(&members), [1, 2, 3]);
    members.list(vec![sight(2), sight(4)], false);
    assert_eq!(numbers(&members), [2, 4]);
}

#[test]
fn who_has_called_is_marked_until_the_reader_answers() {
    let mut scene = asked(PromptKind::Standing);
    let members = scene.members_mut();
    members.list(vec![sight(1), sight(2)], false);
    members.called_by(MemberId(1));
    members.called_by(MemberId(7));
    assert!(members.is_calling(MemberId(1)) && !members.is_calling(MemberId(7)));
    // A new list keeps the marks of those who are in it.
    members.list(vec![sight(1)], true);
    members.list(vec![sight(2), sight(7)], false);
    assert!(members.is_calling(MemberId(1)) && !members.is_calling(MemberId(7)));
    assert_eq!(enter(&mut scene, "hello"), line("hello"));
    assert!(!scene.members().unwrap().is_calling(MemberId(1)));
}

#[test]
fn somebody_who_has_called_and_left_is_forgotten() {
    let mut members = Members::default();
    members.list(vec![sight(1)], false);
    members.called_by(MemberId(1));
    members.list(Vec::new(), false);
    members.list(vec![sight(1)], false);
    assert!(!members.is_calling(MemberId(1)));
    members.called_by(MemberId(1));
    members.replace(std::iter::empty());
    members.list(vec![sight(1)], false);
    assert!(!members.is_calling(MemberId(1)));
}

#[test]
fn a_full_list_still_shows_what_changes_in_it() {
    let mut members = Members::default();
    let listed = (1..20_000).map(|number| ListedMember {
        sight: sight(number),
        detail: None,
    });
    members.replace(listed);
    assert_eq!(members.len(), 10_000);
    members.list((1..10_001).map(sight).collect(), true);
    let away = MemberSight {
        is_here: false,
        ..sight(5)
    };
    members.list(vec![away, sight(20_001)], false);
    assert_eq!(members.len(), 10_000);
    assert!(!members.iter().nth(4).unwrap().sight.is_here);
}
