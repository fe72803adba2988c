use super::*;

fn epoch(n: u8) -> Epoch {
    Epoch::new(n).unwrap()
}

fn head(e: u8, seq: u64) -> Head {
    twin(e, seq, 0)
}

/// An event of another branch under the same name.
fn twin(e: u8, seq: u64, branch: u8) -> Head {
    let mut hash = [branch; 32];
    hash[0] = e;
    hash[1..9].copy_from_slice(&seq.to_be_bytes());
    Head {
        epoch: epoch(e),
        seq,
        hash: Hash(hash),
    }
}

fn standing(own: Option<Head>, cursor: Option<Head>) -> Standing {
    Standing {
        head: own,
        cursor,
        ..Standing::default()
    }
}

fn heads(known: Option<Head>, heads: &[Head]) -> HeadsAnswer {
    HeadsAnswer {
        nonce: String::new(),
        known,
        heads: heads.to_vec(),
    }
}

/// A till at `own` (which has every event of its own branch), asked for heads, answered; the steps that follow.
#[track_caller]
fn check(own: Head, cursor: Option<Head>, answer: &HeadsAnswer, expected: &[Step]) {
    let at = standing(Some(own), cursor);
    let mut plan = Plan::new(true);
    assert_eq!(plan.next(&at), Step::AskHeads);
    plan.on_heads(&at, &at, answer, &|e, seq| {
        ((e, seq) <= (own.epoch, own.seq)).then(|| head(e.get(), seq).hash)
    });
    let mut steps = Vec::new();
    while let Some(step) = plan.todo.front().cloned() {
        steps.push(step);
        plan.done();
    }
    assert_eq!(steps, expected);
}

#[test]
fn in_step_nothing_moves() {
    let own = head(1, 40);
    check(own, Some(own), &heads(Some(own), &[own]), &[]);
    // Events that head office lacks, and none that it has more.
    check(
        own,
        Some(head(1, 30)),
        &heads(Some(head(1, 30)), &[head(1, 30)]),
        &[],
    );
}

#[test]
fn what_head_office_has_beyond_the_cursor_is_sent_again_all_the_same() {
    // A lost answer, or a till that was put back to a backup and can read what it once declared a hole.
    check(
        head(1, 40),
        Some(head(1, 30)),
        &heads(Some(head(1, 40)), &[head(1, 40)]),
        &[],
    );
}

#[test]
fn a_restored_server_lowers_the_cursor() {
    check(
        head(1, 40),
        Some(head(1, 40)),
        &heads(Some(head(1, 20)), &[head(1, 20)]),
        &[Step::LowerCursor(Some(head(1, 20)))],
    );
    check(
        head(1, 40),
        Some(head(1, 40)),
        &heads(None, &[]),
        &[Step::LowerCursor(None)],
    );
}

#[test]
fn a_restored_till_opens_an_epoch_above_all() {
    check(
        head(1, 40),
        Some(head(1, 40)),
        &heads(Some(head(1, 40)), &[head(1, 100)]),
        &[Step::OpenEpoch(epoch(2), EpochWhy::BehindServer)],
    );
    check(
        head(1, 40),
        Some(head(1, 40)),
        &heads(Some(head(1, 40)), &[head(1, 100), head(2, 3), head(5, 9)]),
        &[Step::OpenEpoch(epoch(6), EpochWhy::BehindServer)],
    );
}

#[test]
fn a_twin_is_a_fork() {
    check(
        head(1, 40),
        Some(head(1, 35)),
        &heads(Some(head(1, 35)), &[twin(1, 38, 7)]),
        &[Step::OpenEpoch(epoch(2), EpochWhy::Fork)],
    );
}

#[test]
fn of_twins_the_first_stays_and_the_others_part_at_once() {
    let opens = |n| [Step::OpenEpoch(epoch(n), EpochWhy::Fork)];
    let (own, sent) = (head(1, 40), head(1, 38));
    for (branches, expected) in [
        // The first of all, ahead of what head office has of it, whatever else there is.
        (vec![sent, twin(1, 39, 7)], vec![]),
        (vec![sent, twin(1, 900, 7), twin(1, 39, 8)], vec![]),
        // The second, and the third, known to head office or not.
        (vec![twin(1, 39, 7), sent], opens(2).to_vec()),
        (vec![twin(1, 39, 7)], opens(2).to_vec()),
        (
            vec![twin(1, 39, 7), twin(1, 39, 8), sent],
            opens(3).to_vec(),
        ),
        (vec![twin(1, 39, 7), twin(1, 39, 8)], opens(3).to_vec()),
    ] {
        check(own, Some(sent), &heads(Some(sent), &branches), &expected);
    }
    // The second has gone on already: the third takes the number behind it and burns none.
    check(
        own,
        Some(sent),
        &heads(
            Some(sent),
            &[twin(2, 9, 7), twin(1, 39, 8), twin(1, 39, 7), sent],
        ),
        &opens(3),
    );
    // Near the end of the numbers the last one serves everybody.
    let own = head(98, 4);
    check(
        own,
        Some(own),
        &heads(Some(own), &[twin(98, 4, 7), twin(98, 4, 8), own]),
        &opens(99),
    );
}

#[test]
fn old_epochs_with_twins_and_epochs_of_a_clone_leave_this_one_alone() {
    let own = head(3, 4);
    check(
        own,
        Some(own),
        &heads(
            Some(own),
            &[twin(1, 900, 7), twin(2, 1, 7), own, twin(4, 50, 7)],
        ),
        &[],
    );
}

#[test]
fn the_last_epoch_has_no_next_and_the_till_goes_on() {
    let at = standing(Some(head(99, 4)), Some(head(99, 4)));
    let mut plan = Plan::new(true);
    plan.on_heads(
        &at,
        &at,
        &heads(Some(head(99, 4)), &[twin(99, 4, 7)]),
        &|e, seq| Some(head(e.get(), seq).hash),
    );
    assert!(plan.exhausted());
    assert_eq!(plan.next(&at), Step::AskDown);
}

#[test]
fn what_another_process_sent_meanwhile_is_neither_twin_nor_restore() {
    let before = standing(Some(head(1, 40)), Some(head(1, 30)));
    let after = standing(Some(head(1, 42)), Some(head(1, 42)));
    let mut plan = Plan::new(true);
    plan.on_heads(
        &before,
        &after,
        &heads(Some(head(1, 28)), &[head(1, 42)]),
        &|e, seq| Some(head(e.get(), seq).hash),
    );
    assert_eq!(plan.next(&after), Step::AskDown);
}

fn answer(safe: Head, open_epoch: bool) -> BatchAnswer {
    BatchAnswer {
        safe,
        accepted: 1,
        duplicates: 0,
        forked: 0,
        open_epoch,
    }
}

#[test]
fn a_forked_batch_of_the_open_epoch_asks_for_heads_and_opens_the_next_even_if_they_look_clean() {
    let at = standing(Some(head(2, 9)), Some(head(2, 9)));
    let mut plan = Plan::new(false);
    plan.on_batch(&at, &answer(head(2, 9), true));
    assert_eq!(plan.next(&at), Step::AskHeads);
    plan.on_heads(
        &at,
        &at,
        &heads(Some(head(2, 9)), &[head(2, 9)]),
        &|e, seq| Some(head(e.get(), seq).hash),
    );
    assert_eq!(plan.next(&at), Step::OpenEpoch(epoch(3), EpochWhy::Fork));
}

#[test]
fn a_forked_batch_of_an_old_epoch_changes_nothing() {
    let at = standing(Some(head(2, 9)), Some(head(1, 50)));
    let mut plan = Plan::new(false);
    plan.on_batch(&at, &answer(head(1, 50), true));
    assert_eq!(plan.next(&at), Step::Send(Limit::FULL));
}

#[test]
fn gaps_ask_for_heads_and_never_for_ever() {
    let mut plan = Plan::new(false);
    let at = standing(Some(head(1, 9)), Some(head(1, 5)));
    let gap = Refusal::Gap { after: None };
    for _ in 0..3 {
        assert_eq!(plan.on_refused(&gap, 4, false), AfterRefusal::GoOn);
        assert_eq!(plan.next(&at), Step::AskHeads);
        plan.on_heads(
            &at,
            &at,
            &heads(Some(head(1, 5)), &[head(1, 5)]),
            &|_, _| None,
        );
        assert_eq!(plan.next(&at), Step::Send(Limit::FULL));
    }
    assert_eq!(plan.on_refused(&gap, 4, false), AfterRefusal::Stop);
}

#[test]
fn one_bad_record_is_found_by_halving_and_set_apart_piece_by_piece() {
    let mut plan = Plan::new(false);
    let bad = Refusal::Malformed {
        detail: String::new(),
    };
    let mut events = 500;
    while events > 1 {
        assert_eq!(plan.on_refused(&bad, events, true), AfterRefusal::GoOn);
        events = plan.limit.events;
    }
    assert_eq!(
        plan.on_refused(&bad, 1, true),
        AfterRefusal::SetApart(Apart::Side)
    );
    assert_eq!(
        plan.on_refused(&bad, 1, false),
        AfterRefusal::SetApart(Apart::Event)
    );
    for _ in 0..10 {
        plan.on_batch(&Standing::default(), &answer(head(1, 1), false));
    }
    assert_eq!(plan.limit, Limit::FULL);
}

#[test]
fn a_proxy_with_a_small_bound_gets_smaller_batches_and_nothing_is_set_apart() {
    let mut plan = Plan::new(false);
    let mut events = 500;
    while events > 1 {
        assert!(plan.on_too_long(events));
        assert!(plan.limit.events < events);
        events = plan.limit.events;
    }
    assert!(!plan.on_too_long(1), "there is nothing smaller to try");
    assert_eq!(plan.limit.events, 1);
}

#[test]
fn refusals_that_somebody_must_mend_stop() {
    for refusal in [
        Refusal::Revoked,
        Refusal::UnknownTill,
        Refusal::BadSignature,
        Refusal::ForeignTill,
        Refusal::Busy,
    ] {
        assert_eq!(
            Plan::new(false).on_refused(&refusal, 3, true),
            AfterRefusal::Stop
        );
    }
}

fn page(cursor: u64, complete: bool, run: &str) -> DownPage {
    DownPage {
        changes: Vec::new(),
        cursor,
        complete,
        watermark: None,
        run: run.to_owned(),
    }
}

#[test]
fn pages_are_fetched_to_the_end() {
    let mut plan = Plan::new(false);
    let at = Standing::default();
    assert_eq!(plan.next(&at), Step::AskDown);
    assert!(plan.on_down(&at, &page(1000, false, "a")));
    assert_eq!(plan.next(&at), Step::AskDown);
    assert!(plan.on_down(&at, &page(1400, true, "a")));
    assert_eq!(plan.next(&at), Step::Done);
}

#[test]
fn another_database_or_one_that_went_back_starts_from_zero_and_is_asked_for_heads() {
    let at = Standing {
        down_after: 1400,
        down_run: Some("a".to_owned()),
        ..Standing::default()
    };
    for other in [page(1400, true, "b"), page(900, true, "a")] {
        let mut plan = Plan::new(false);
        assert!(!plan.on_down(&at, &other));
        assert_eq!(plan.next(&at), Step::AskHeads);
    }
}
