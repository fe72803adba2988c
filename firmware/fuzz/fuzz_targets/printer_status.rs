//! Any byte for any question: what is read as a status is one, and what is read can be applied;
//! a printer that is out of paper or open is never ready. Process ids come back as they were.
#![no_main]

use devices::escpos::command::{ProcessId, Question};
use devices::escpos::status::{
    AutomaticStatus, RealTime, Status, is_automatic_first, is_real_time, parse_queued_paper,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u32, Vec<(u8, [u8; 4])>)| {
    let (number, answers) = input;
    let id = ProcessId::from_number(number);
    assert_eq!(ProcessId::from_bytes(id.bytes()), Some(id));
    assert_eq!(&id.request()[7..], &id.bytes());
    let mut status = Status::default();
    for (kind, bytes) in answers {
        match kind % 6 {
            4 => {
                if let Some(automatic) = AutomaticStatus::parse(bytes) {
                    assert!(is_automatic_first(bytes[0]));
                    status.apply_automatic(automatic);
                }
            }
            5 => {
                if let Some(paper) = parse_queued_paper(bytes[0]) {
                    status.apply_paper(paper);
                }
            }
            question => {
                let question = Question::ALL[usize::from(question)];
                if let Some(answer) = RealTime::parse(question, bytes[0]) {
                    assert!(is_real_time(bytes[0]));
                    status.apply_real_time(answer);
                }
            }
        }
        if let Some(id) = ProcessId::from_bytes(bytes) {
            assert_eq!(id.bytes(), bytes);
        }
    }
    let _ready = status.is_ready();
});
