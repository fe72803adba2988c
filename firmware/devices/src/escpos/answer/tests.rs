extern crate std;

use std::{vec, vec::Vec};

use proptest::prelude::*;

use super::*;
use crate::escpos::status::{PaperStatus, PrinterStatus};

fn drain(parser: &mut AnswerParser, mut input: &[u8], now_ms: u64) -> Vec<Answer> {
    let mut answers = Vec::new();
    loop {
        match parser.poll(&mut input, now_ms) {
            Answer::Incomplete => return answers,
            answer => answers.push(answer),
        }
    }
}

fn parser() -> AnswerParser {
    let mut parser = AnswerParser::new(200);
    for question in Question::ALL {
        parser.asked(question);
    }
    parser
}

fn printed(number: u32) -> Vec<u8> {
    let mut bytes = vec![PROCESS_HEADER, PROCESS_IDENTIFIER];
    bytes.extend(ProcessId::from_number(number).bytes());
    bytes.push(0);
    bytes
}

const READY: Answer = Answer::RealTime(RealTime::Printer(PrinterStatus {
    drawer_pin_high: false,
    offline: false,
}));

#[test]
fn answers_are_matched_to_questions_in_order() {
    let mut parser = parser();
    let answers = drain(&mut parser, &[0x12, 0x12, 0x12, 0x1E, 0x12], 0);
    assert_eq!(answers.first(), Some(&READY));
    assert_eq!(
        answers.get(3),
        Some(&Answer::RealTime(RealTime::Paper(PaperStatus {
            near_end: true,
            end: false
        })))
    );
    assert_eq!(answers.get(4), Some(&Answer::Unasked(0x12)));
    assert_eq!(parser.open_questions(), 0);
}

#[test]
fn the_oldest_question_makes_room() {
    let mut parser = AnswerParser::new(200);
    parser.asked(Question::Paper);
    for _ in 0..QUESTIONS_MAX {
        parser.asked(Question::Printer);
    }
    assert_eq!(parser.open_questions(), QUESTIONS_MAX);
    assert_eq!(drain(&mut parser, &[0x12], 0), [READY]);
    parser.forget_questions();
    assert_eq!(drain(&mut parser, &[0x12], 0), [Answer::Unasked(0x12)]);
}

#[test]
fn a_status_byte_anywhere_in_a_longer_answer() {
    let automatic = [0x18, 0x00, 0x0F, 0x00];
    for (bytes, expected) in [
        (
            automatic.to_vec(),
            AutomaticStatus::parse(automatic).map(Answer::Automatic),
        ),
        (
            printed(77_777),
            Some(Answer::Printed(ProcessId::from_number(77_777))),
        ),
    ] {
        let expected = expected.expect("well formed");
        for at in 0..=bytes.len() {
            for between in [0x12, 0x36, 0x7E] {
                let mut parser = AnswerParser::new(200);
                parser.expect(Some(ProcessId::from_number(77_777)));
                let mut input = bytes.clone();
                input.insert(at, between);
                let mut answers = drain(&mut parser, &input, 0);
                answers.retain(|answer| *answer != Answer::Unasked(between));
                assert_eq!(answers, [expected], "{between:02X} at {at}");
            }
        }
    }
}

#[test]
fn any_id_that_is_awaited_is_recognised() {
    let mut parser = AnswerParser::new(200);
    let id = ProcessId::from_bytes(*b"2262").expect("printable");
    let input = [0x37, 0x22, b'2', b'2', b'6', b'2', 0x00];
    assert_eq!(drain(&mut parser, &input, 0), [Answer::Printed(id)]);
    parser.expect(Some(id));
    let mixed = [0x37, 0x22, b'2', b'2', b'R', b'6', b'2', 0x7E, 0x00];
    assert_eq!(
        drain(&mut parser, &mixed, 0),
        [
            Answer::Unasked(b'R'),
            Answer::Unasked(0x7E),
            Answer::Printed(id)
        ]
    );
}

#[test]
fn queued_answers_and_flow_control() {
    let mut parser = AnswerParser::new(200);
    assert_eq!(
        drain(&mut parser, &[XOFF, 0x10, XON, 0, 0, 0, 0x0F, 0x80], 0),
        [
            Answer::Xoff,
            Answer::Xon,
            Answer::Automatic(AutomaticStatus::parse([0x10, 0, 0, 0]).expect("fixed bits")),
            Answer::Queued(0x0F),
            Answer::Malformed(Malformed::Byte(0x80)),
        ]
    );
}

#[test]
fn an_answer_cut_off_is_given_up_and_the_next_one_kept() {
    let mut parser = parser();
    assert_eq!(drain(&mut parser, &[0x37, 0x22, 0x40], 0), []);
    assert_eq!(parser.deadline_ms(), Some(200));
    assert_eq!(
        drain(&mut parser, &[0x12], 200),
        [Answer::Malformed(Malformed::Unfinished { bytes: 3 }), READY]
    );
    let mut input = vec![0x10, 0x00];
    input.extend(printed(5));
    assert_eq!(
        drain(&mut parser, &input, 300),
        [
            Answer::Malformed(Malformed::Unfinished { bytes: 2 }),
            Answer::Printed(ProcessId::from_number(5))
        ]
    );
}

fn any_answer() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..6),
        (0..ProcessId::COUNT).prop_map(printed),
        Just(vec![0x18, 0x00, 0x0F, 0x00]),
        Just(vec![0x12]),
        Just(vec![0x0C]),
    ]
}

proptest! {
    #[test]
    fn any_split_of_any_bytes_gives_the_same(
        chunks in prop::collection::vec(any_answer(), 0..12),
        cuts in prop::collection::vec(1_usize..5, 0..40),
    ) {
        let whole = chunks.concat();
        let mut one = parser();
        let mut expected = drain(&mut one, &whole, 1);
        expected.extend(drain(&mut one, &[], 1_000));
        let mut other = parser();
        let (mut seen, mut rest) = (Vec::new(), &whole[..]);
        for cut in cuts {
            let (now, later) = rest.split_at(cut.min(rest.len()));
            seen.extend(drain(&mut other, now, 1));
            rest = later;
        }
        seen.extend(drain(&mut other, rest, 1));
        seen.extend(drain(&mut other, &[], 1_000));
        prop_assert_eq!(seen, expected);
    }

    #[test]
    fn after_any_garbage_and_silence_completion_is_seen(
        garbage in prop::collection::vec(any::<u8>(), 0..100),
        number in 0..ProcessId::COUNT,
    ) {
        let mut parser = parser();
        drain(&mut parser, &garbage, 0);
        drain(&mut parser, &[], 200);
        let answers = drain(&mut parser, &printed(number), 200);
        prop_assert_eq!(answers, vec![Answer::Printed(ProcessId::from_number(number))]);
    }
}

#[test]
fn a_printed_answer_ends_with_a_zero_and_nothing_else() {
    let mut parser = AnswerParser::new(200);
    let mut bytes = printed(7);
    let last = bytes.len() - 1;
    bytes[last] = 0x01;
    let answers = drain(&mut parser, &bytes, 0);
    let said = |answer: &Answer| matches!(answer, Answer::Printed(_));
    assert!(!answers.iter().any(said), "{answers:?}");
    assert!(drain(&mut parser, &printed(7), 300).iter().any(said));
}

#[test]
fn a_port_that_hung_up_answers_no_earlier_question() {
    let mut parser = parser();
    assert_eq!(drain(&mut parser, &[PROCESS_HEADER], 0), []);
    parser.hang_up();
    assert_eq!(parser.deadline_ms(), None);
    assert_eq!(parser.open_questions(), 0);
    assert_eq!(drain(&mut parser, &[0x12], 1), [Answer::Unasked(0x12)]);
}
