//! The till of the model: the real end of the link, and a host that keeps on its disk what the
//! link asks it to keep, and may be killed between any two steps.

use std::collections::VecDeque;

use link::message::{BootId, ScanId, Verdict};
use link::till_end::{Action, DrawerEnd, Event, PrintOutcome, Resume, TillEnd, Timing};

use crate::cable::{Cable, Rng};

pub(crate) type Outcome = PrintOutcome;

/// Bytes of a job's record: a mark, the job, the place, in characters that are no mark.
pub(crate) const RECORD: usize = 6;

fn record(job: u64, place: u32) -> [u8; RECORD] {
    let [j0, j1, ..] = job.to_le_bytes();
    let [p0, p1, ..] = place.to_le_bytes();
    [0xFF, j0, j1, p0 & 0x7F, (p0 >> 7) | (p1 << 1), 0xFE]
}

pub(crate) fn parse_record(record: &[u8]) -> Option<(u64, u32)> {
    match record {
        [0xFF, j0, j1, low, high, 0xFE] => Some((
            u64::from(*j0) | u64::from(*j1) << 8,
            u32::from(*low) | u32::from(*high) << 7,
        )),
        _ => None,
    }
}

struct Scan {
    id: ScanId,
    code: u32,
    sold: bool,
    unconfirmed: bool,
}

struct Job {
    id: u64,
    records: u32,
    begun_on: Option<BootId>,
    outcome: Option<PrintOutcome>,
}

impl Job {
    fn len(&self) -> u32 {
        self.records * u32::try_from(RECORD).expect("small")
    }

    fn bytes(&self) -> Vec<u8> {
        (0..self.records)
            .flat_map(|place| record(self.id, place))
            .collect()
    }
}

/// What survives a crash.
#[derive(Default)]
struct Disk {
    scans: Vec<Scan>,
    jobs: Vec<Job>,
}

/// What the link asked for and the host has not done yet.
enum Work {
    Commit(ScanId, u32),
    Confirm(ScanId),
    Doubt(ScanId),
    Feed(u64, BootId, u32, u16),
    End(u64, PrintOutcome),
}

pub(crate) struct Till {
    end: TillEnd,
    due_ms: u64,
    disk: Disk,
    work: VecDeque<Work>,
    printing: bool,
    /// Asked, and not known how it ended.
    open_drawers: Vec<(u32, u64)>,
    ended_drawers: Vec<(u32, u64, DrawerEnd)>,
    next_drawer: u32,
    /// Crashes between the commit of a scan and its sale.
    pub(crate) committed_unsold: usize,
}

impl Till {
    pub(crate) fn new(rng: &mut Rng, now_ms: u64) -> Self {
        Self {
            end: Self::end(rng, None, now_ms),
            due_ms: now_ms,
            disk: Disk::default(),
            work: VecDeque::new(),
            printing: false,
            open_drawers: Vec::new(),
            ended_drawers: Vec::new(),
            next_drawer: 0,
            committed_unsold: 0,
        }
    }

    fn end(rng: &mut Rng, resume: Option<Resume>, now_ms: u64) -> TillEnd {
        let run = u32::try_from(rng.next() >> 32).unwrap_or(0);
        TillEnd::new(run, resume, Timing::default(), now_ms)
    }

    pub(crate) fn restart(&mut self, rng: &mut Rng, now_ms: u64) {
        let last = self.disk.scans.last();
        let settled = last.is_none_or(|scan| scan.sold || scan.unconfirmed);
        self.committed_unsold += usize::from(!settled);
        let resume = last.map(|scan| Resume {
            scan: scan.id,
            settled,
        });
        self.end = Self::end(rng, resume, now_ms);
        self.due_ms = now_ms;
        self.work.clear();
        self.printing = false;
        let lost = self.open_drawers.drain(..);
        self.ended_drawers
            .extend(lost.map(|(id, asked_ms)| (id, asked_ms, DrawerEnd::Unknown)));
    }

    pub(crate) fn print_receipt(&mut self, records: u32) {
        let id = u64::try_from(self.disk.jobs.len()).expect("few") + 1;
        self.disk.jobs.push(Job {
            id,
            records,
            begun_on: None,
            outcome: None,
        });
    }

    pub(crate) fn open_drawer(&mut self, now_ms: u64, cable: &mut Cable) {
        self.next_drawer += 1;
        self.open_drawers.push((self.next_drawer, now_ms));
        let id = self.next_drawer;
        self.step(Event::OpenDrawer { id }, now_ms, cable);
    }

    pub(crate) fn advance(
        &mut self,
        received: &[u8],
        now_ms: u64,
        rng: &mut Rng,
        cable: &mut Cable,
    ) {
        if !received.is_empty() {
            self.step(Event::Received(received), now_ms, cable);
        }
        if now_ms >= self.due_ms {
            self.step(Event::Tick, now_ms, cable);
        }
        // The disk takes its time, one thing after the other.
        if rng.one_in(4)
            && let Some(work) = self.work.pop_front()
        {
            self.carry_out(work, now_ms, cable);
        }
        if !self.printing {
            self.print_next(now_ms, cable);
        }
    }

    fn print_next(&mut self, now_ms: u64, cable: &mut Cable) {
        let waiting = self.disk.jobs.iter().find(|job| job.outcome.is_none());
        if let Some(job) = waiting {
            self.printing = true;
            let event = Event::Print {
                job: job.id,
                len: job.len(),
                begun_on: job.begun_on,
            };
            self.step(event, now_ms, cable);
        }
    }

    fn carry_out(&mut self, work: Work, now_ms: u64, cable: &mut Cable) {
        match work {
            Work::Commit(id, code) => {
                assert!(
                    self.disk.scans.iter().all(|scan| scan.id != id),
                    "offered again after it was committed"
                );
                self.disk.scans.push(Scan {
                    id,
                    code,
                    sold: false,
                    unconfirmed: false,
                });
                let verdict = Verdict::Good;
                self.step(Event::Scanned { id, verdict }, now_ms, cable);
            }
            Work::Confirm(id) => {
                let scan = self.scan(id);
                assert!(!scan.unconfirmed, "confirmed after it was given up");
                scan.sold = true;
            }
            Work::Doubt(id) => {
                let scan = self.scan(id);
                assert!(!scan.sold, "given up after it was sold");
                scan.unconfirmed = true;
            }
            Work::Feed(job, hub, offset, len) => {
                let job = self.job(job);
                job.begun_on.get_or_insert(hub);
                let bytes = job.bytes();
                let id = job.id;
                let start = usize::try_from(offset).expect("small");
                let event = Event::PrintData {
                    job: id,
                    offset,
                    data: &bytes[start..start + usize::from(len)],
                };
                self.step(event, now_ms, cable);
            }
            Work::End(job, outcome) => {
                self.printing = false;
                let job = self.job(job);
                assert_eq!(job.outcome, None, "ended twice");
                job.outcome = Some(outcome);
            }
        }
    }

    fn scan(&mut self, id: ScanId) -> &mut Scan {
        let mut scans = self.disk.scans.iter_mut();
        scans.find(|scan| scan.id == id).expect("committed before")
    }

    fn job(&mut self, id: u64) -> &mut Job {
        let mut jobs = self.disk.jobs.iter_mut();
        jobs.find(|job| job.id == id).expect("a job of this till")
    }

    fn step(&mut self, event: Event<'_>, now_ms: u64, cable: &mut Cable) {
        let work = &mut self.work;
        let mut sent = Vec::new();
        let mut ends = Vec::new();
        self.due_ms = self.end.step(event, now_ms, &mut |action| match action {
            Action::Send(bytes) => sent.push(bytes.to_vec()),
            Action::Scan { id, data, .. } => {
                let text = std::str::from_utf8(data).expect("as sent");
                let code = text.trim_start_matches("]C0").parse().expect("as sent");
                work.push_back(Work::Commit(id, code));
            }
            Action::Confirmed(id) => work.push_back(Work::Confirm(id)),
            Action::Unconfirmed(id) => work.push_back(Work::Doubt(id)),
            Action::PrintWanted {
                job,
                hub,
                offset,
                len,
            } => work.push_back(Work::Feed(job, hub, offset, len)),
            Action::PrintEnded { job, outcome } => work.push_back(Work::End(job, outcome)),
            Action::Drawer { id, end } => ends.push((id, end)),
            Action::HubHere(_)
            | Action::HubGone
            | Action::PrintProgress { .. }
            | Action::PrinterSaid(_)
            | Action::Status(_)
            | Action::Notice(_) => {}
            Action::Incompatible(hello) => panic!("{hello:?}"),
        });
        for (id, end) in ends {
            let open = self.open_drawers.iter().position(|(open, _)| *open == id);
            let (_, asked_ms) = self.open_drawers.remove(open.expect("ended twice"));
            self.ended_drawers.push((id, asked_ms, end));
        }
        for bytes in sent {
            cable.send(&bytes, now_ms);
        }
    }

    pub(crate) fn sold(&self) -> Vec<u32> {
        let sold = self.disk.scans.iter().filter(|scan| scan.sold);
        sold.map(|scan| scan.code).collect()
    }

    pub(crate) fn unconfirmed(&self) -> Vec<u32> {
        let doubted = self.disk.scans.iter().filter(|scan| scan.unconfirmed);
        doubted.map(|scan| scan.code).collect()
    }

    /// Number, places and outcome of every job.
    pub(crate) fn jobs(&self) -> Vec<(u64, u32, Option<PrintOutcome>)> {
        let jobs = self.disk.jobs.iter();
        jobs.map(|job| (job.id, job.records, job.outcome)).collect()
    }

    pub(crate) fn drawers(&self) -> Vec<(u32, u64, DrawerEnd)> {
        self.ended_drawers.clone()
    }

    pub(crate) fn is_settled(&self) -> bool {
        let scans = self.disk.scans.iter();
        self.work.is_empty()
            && self.disk.jobs.iter().all(|job| job.outcome.is_some())
            && self.open_drawers.is_empty()
            && scans.clone().all(|scan| scan.sold || scan.unconfirmed)
    }
}
