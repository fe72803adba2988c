//! Charts: plotly's description of them as data in the page, drawn by the script once the page stands.
//! Every text that could come from outside is escaped twice: for plotly, which reads labels as HTML, and for the page.

use maud::{Markup, PreEscaped, html};
use plotly::common::{Anchor, ColorScale, ColorScaleElement, Font, HoverInfo, Marker, Orientation};
use plotly::configuration::DisplayModeBar;
use plotly::layout::{Annotation, Axis, AxisType, BarMode, Legend, Margin, TicksDirection};
use plotly::{Bar, Configuration, HeatMap, Layout, Plot};

use super::strings::Language;

const TEAL: &str = "#0b5a53";
const SAND: &str = "#e0a43c";
const INK: &str = "#17211f";
const LINE: &str = "#e2e7e4";
const FONT: &str = "Inter, Noto Sans, Liberation Sans, Segoe UI, Roboto, Arial, sans-serif";

/// A chart with a name for whoever does not see it.
pub(crate) struct Chart {
    pub(crate) id: &'static str,
    pub(crate) label: String,
    pub(crate) plot: Plot,
}

impl std::fmt::Debug for Chart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Chart")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Chart {
    /// A place for the chart and its data.
    pub(crate) fn html(&self, waiting: &str) -> Markup {
        html! {
            div.chart id=(self.id) role="img" aria-label=(self.label) {
                p.waiting { (waiting) }
            }
            script type="application/json" data-chart=(self.id) { (PreEscaped(for_script(&self.plot.to_json()))) }
        }
    }
}

/// JSON that cannot end its script element.
fn for_script(json: &str) -> String {
    json.replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
}

/// A text that plotly shows as it is.
pub(crate) fn label(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn layout(language: Language) -> Layout {
    Layout::new()
        .font(Font::new().family(FONT).size(13).color(INK))
        .separators(match language {
            Language::Nl => ",.",
            Language::En => ".,",
        })
        .paper_background_color("#ffffff")
        .plot_background_color("#ffffff")
}

fn plot(layout: Layout) -> Plot {
    let mut plot = Plot::new();
    plot.set_layout(layout);
    plot.set_configuration(
        Configuration::new()
            .responsive(true)
            .display_mode_bar(DisplayModeBar::False)
            .display_logo(false)
            .scroll_zoom(false),
    );
    plot
}

/// Two series of bars, one on the other.
pub(crate) fn stacked(
    language: Language,
    labels: &[String],
    below: (&str, Vec<usize>),
    above: (&str, Vec<usize>),
) -> Plot {
    let labels: Vec<String> = labels.iter().map(|text| label(text)).collect();
    let quiet = || {
        Axis::new()
            .fixed_range(true)
            .grid_color(LINE)
            .zero_line_color(LINE)
    };
    let mut plot = plot(
        layout(language)
            .bar_mode(BarMode::Stack)
            .bar_gap(0.25)
            .margin(Margin::new().left(40).right(40).top(8).bottom(32))
            .legend(
                Legend::new()
                    .orientation(Orientation::Horizontal)
                    .x(0.0)
                    // Above the plot however low it is: its ground would cover the top line.
                    .y(1.02)
                    .y_anchor(Anchor::Bottom),
            )
            .x_axis(
                quiet()
                    .type_(AxisType::Category)
                    .n_ticks(12)
                    // The first day stands under the axis, not against its zero.
                    .ticks(TicksDirection::Outside)
                    .tick_length(7)
                    .tick_color(LINE)
                    .auto_margin(true)
                    .show_grid(false),
            )
            .y_axis(quiet().tick_format(",d")),
    );
    for ((name, values), color) in [(below, TEAL), (above, SAND)] {
        plot.add_trace(
            Bar::new(labels.clone(), values)
                .name(label(name))
                .marker(Marker::new().color(color)),
        );
    }
    plot
}

/// The rate that is drawn darkest: the highest, and at least 5%.
pub(crate) fn darkest(rates: &[Vec<Option<f64>>]) -> f64 {
    rates
        .iter()
        .flatten()
        .flatten()
        .fold(0.05, |most, rate| most.max(*rate))
}

/// The colours of a heat map by the part of the darkest rate.
const SCALE: [(f64, [u8; 3]); 4] = [
    (0.0, [0xf4, 0xf6, 0xf4]),
    (0.25, [0xc9, 0xe3, 0xdc]),
    (0.6, [0x5e, 0xa7, 0x9b]),
    (1.0, [0x0b, 0x5a, 0x53]),
];

/// How light a cell is (WCAG's relative luminance), by the part of the darkest rate, as plotly blends its colour.
fn luminance(part: f64) -> f64 {
    let at = SCALE.partition_point(|(at, _)| *at < part).max(1);
    let (Some((low, from)), Some((high, to))) = (SCALE.get(at - 1), SCALE.get(at)) else {
        return 0.0;
    };
    let share = (part - low) / (high - low);
    let linear = |from: u8, to: u8| {
        let value = (f64::from(from) + (f64::from(to) - f64::from(from)) * share) / 255.0;
        if value <= 0.040_45 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    let [red, green, blue] = from;
    let [to_red, to_green, to_blue] = to;
    0.2126 * linear(*red, *to_red)
        + 0.7152 * linear(*green, *to_green)
        + 0.0722 * linear(*blue, *to_blue)
}

/// Black or white, whichever reads better on this cell: on every grey one of the two has a contrast of 4.5 and more.
fn text_color(part: f64) -> &'static str {
    let light = luminance(part) + 0.05;
    if light / 0.05 >= 1.05 / light {
        "#000000"
    } else {
        "#ffffff"
    }
}

/// The percentage in every cell: a whole number, and `<1%` where it is not nothing. First row at the bottom, as plotly
/// counts. Cells are named by their place: plotly takes a name like `+1` for a number.
fn percentages(rates: &[Vec<Option<f64>>], most: f64) -> Vec<Annotation> {
    let mut texts = Vec::new();
    for (row, of_row) in rates.iter().enumerate() {
        for (column, rate) in of_row.iter().enumerate() {
            let Some(rate) = *rate else { continue };
            let text = if rate > 0.0 && rate < 0.005 {
                label("<1%")
            } else {
                format!("{:.0}%", rate * 100.0)
            };
            let color = text_color(rate / most);
            texts.push(
                Annotation::new()
                    .x(column)
                    .y(row)
                    .text(text)
                    .show_arrow(false)
                    .font(Font::new().family(FONT).size(12).color(color)),
            );
        }
    }
    texts
}

/// A heat map of rates from 0 to 1, first row on top, each with its percentage; `None` where there is nothing yet.
/// `texts` are shown at the pointer.
pub(crate) fn heat(
    language: Language,
    columns: &[String],
    rows: &[String],
    mut rates: Vec<Vec<Option<f64>>>,
    mut texts: Vec<Vec<String>>,
) -> Plot {
    let columns: Vec<String> = columns.iter().map(|text| label(text)).collect();
    // plotly counts rows from below.
    let rows: Vec<String> = rows.iter().rev().map(|text| label(text)).collect();
    rates.reverse();
    texts.reverse();
    let most = darkest(&rates);
    let mut plot = plot(
        layout(language)
            .annotations(percentages(&rates, most))
            .margin(Margin::new().left(116).right(8).top(30).bottom(8))
            .x_axis(
                Axis::new()
                    .type_(AxisType::Category)
                    .side(plotly::common::AxisSide::Top)
                    .fixed_range(true)
                    .n_ticks(14)
                    .show_grid(false),
            )
            .y_axis(
                Axis::new()
                    .type_(AxisType::Category)
                    .fixed_range(true)
                    .n_ticks(18)
                    .show_grid(false),
            ),
    );
    plot.add_trace(
        HeatMap::new(columns, rows, rates)
            .zmin(0.0)
            .zmax(most)
            .x_gap(2)
            .y_gap(2)
            .hover_text_matrix(
                texts
                    .into_iter()
                    .map(|row| row.iter().map(|text| label(text)).collect())
                    .collect(),
            )
            .hover_info(HoverInfo::Text)
            .hover_on_gaps(false)
            .color_scale(ColorScale::Vector(
                SCALE
                    .iter()
                    .map(|(at, [red, green, blue])| {
                        ColorScaleElement(*at, format!("#{red:02x}{green:02x}{blue:02x}"))
                    })
                    .collect(),
            ))
            .show_scale(false),
    );
    plot
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_has_its_percentage_in_its_place() {
        let texts = |count| vec![vec![String::new(); count]; 2];
        let rates = vec![vec![Some(0.2), Some(0.004)], vec![Some(0.0), None]];
        let names = |names: [&str; 2]| names.map(str::to_owned);
        let plot = heat(
            Language::Nl,
            &names(["+1", "+2"]),
            &names(["jan", "feb"]),
            rates,
            texts(2),
        );
        let json: serde_json::Value = serde_json::from_str(&plot.to_json()).unwrap();
        let cells = json["layout"]["annotations"].as_array().unwrap();
        let found: Vec<_> = cells
            .iter()
            .map(|cell| (&cell["x"], &cell["y"], cell["text"].as_str().unwrap()))
            .map(|(x, y, text)| (x.as_u64().unwrap(), y.as_u64().unwrap(), text))
            .collect();
        // January stands above February, and plotly counts from below.
        assert_eq!(found, [(0, 0, "0%"), (0, 1, "20%"), (1, 1, "&lt;1%")]);
    }

    #[test]
    fn every_cell_can_be_read() {
        for part in (0..=1_000).map(|part| f64::from(part) / 1_000.0) {
            let light = luminance(part) + 0.05;
            let contrast = match text_color(part) {
                "#000000" => light / 0.05,
                _ => 1.05 / light,
            };
            assert!(contrast >= 4.5, "{part}: {contrast}");
        }
        assert_eq!(text_color(0.0), "#000000");
        assert_eq!(text_color(1.0), "#ffffff");
    }

    #[test]
    fn no_label_ends_the_script_or_becomes_html() {
        let evil = "</script><script>alert(1)</script><b>".to_owned();
        let plot = stacked(
            Language::Nl,
            std::slice::from_ref(&evil),
            (&evil, vec![1]),
            (&evil, vec![2]),
        );
        let chart = Chart {
            id: "weken",
            label: evil,
            plot,
        };
        let html = chart.html("").into_string();
        assert_eq!(html.matches("</script>").count(), 1, "{html}");
        assert!(!html.contains("alert(1)</"), "{html}");
        assert!(!html.contains("<b>"), "{html}");
    }
}
