use crate::kit::Desk;
use crate::store::rows::ProblemRow;

mod batches;
mod branches;
mod checks;
mod people;

fn problems(desk: &Desk) -> Vec<ProblemRow> {
    desk.office
        .problems(&desk.office.command_line_scope())
        .unwrap()
}

fn kinds(desk: &Desk) -> Vec<String> {
    problems(desk).into_iter().map(|row| row.kind).collect()
}

fn net(desk: &Desk) -> i64 {
    let book = desk.office.book().unwrap();
    journey::reports::volumes(book.dataset(), &journey::Query::all()).net_cents
}
