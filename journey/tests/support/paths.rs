//! Paths in tests: walked with the model that ships, and written a stage a line.
use journey::Dataset;
use journey::model::Model;
use journey::path::{Path, Stage, State, path};

use super::{Story, day};

/// The path of Jip in a dataset.
pub(crate) fn of(dataset: &Dataset, as_of: &str) -> Path {
    let customer = dataset.customer("jip").unwrap();
    let model = Model::default_model().unwrap();
    path(&dataset.history(customer), &model, day(as_of))
}

/// The path of Jip in a story.
pub(crate) fn walk(story: &Story, as_of: &str) -> Path {
    of(&story.dataset(), as_of)
}

/// `phase[+state] from..to visits net`, one stage a line.
pub(crate) fn stages(path: &Path) -> Vec<String> {
    let line = |stage: &Stage| {
        let state = stage.state.map(State::as_str);
        let state = state.map(|state| format!("+{state}")).unwrap_or_default();
        let to = stage.to.map_or("nu".to_owned(), |to| to.to_string());
        format!(
            "{}{state} {}..{to} {} {}",
            stage.phase, stage.from, stage.visits, stage.net_cents
        )
    };
    path.stages.iter().map(line).collect()
}

/// Compares the stages of a path.
#[track_caller]
pub(crate) fn stages_are(path: &Path, expected: &[&str]) {
    assert_eq!(stages(path), expected);
}

/// Walks a story and compares its stages.
#[track_caller]
pub(crate) fn check(story: &Story, as_of: &str, expected: &[&str]) -> Path {
    let path = walk(story, as_of);
    stages_are(&path, expected);
    path
}
