//! How long answers took: the share of them that had come by then.

use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use crate::figures::Figures;
use crate::style::{CARD, FAINT, Failure, GRID, INK, card, colour, legend, letters, weight, whole};

const HEIGHT: u32 = 460;
/// The labels of the shares, which stand as far apart as their nines.
const SHARES: [f64; 5] = [0.0, 0.5, 0.9, 0.99, 0.999];

/// As far up as it has nines: 0.9 at 1, 0.99 at 2.
fn nines(share: f64) -> f64 {
    -(1.0 - share).log10()
}

pub fn draw(figures: &Figures, picture: &mut String) -> Result<(), Failure> {
    let names: Vec<&str> = figures.latency.iter().map(|it| it.contender.as_str()).collect();
    let area = card(
        picture,
        HEIGHT,
        "Latency, as a cumulative distribution",
        "Raw echo of 64 bytes, 64 connections, each always waiting for an answer. Left and upright is better.",
    )?;
    legend(&area, &names, 78)?;
    let (_, below) = area.split_vertically(94);
    let times = || figures.latency.iter().flat_map(|it| it.quantiles.iter().filter_map(|it| it.us));
    let least = times().fold(f64::INFINITY, f64::min).max(1.0);
    let most = times().fold(least * 2.0, f64::max);
    let mut chart = ChartBuilder::on(&below)
        .margin_left(16)
        .margin_right(28)
        .margin_top(6)
        .margin_bottom(6)
        .x_label_area_size(46)
        .y_label_area_size(64)
        .build_cartesian_2d((least * 0.9..most * 1.1).log_scale(), 0.0..nines(0.9991))?;
    chart
        .configure_mesh()
        .disable_y_mesh()
        .light_line_style(CARD)
        .bold_line_style(GRID)
        .axis_style(FAINT)
        .x_labels(8)
        .y_labels(0)
        .x_label_formatter(&|x| whole(*x))
        .label_style(letters(12, FAINT, false, HPos::Center))
        .axis_desc_style(letters(13, INK, false, HPos::Center))
        .x_desc("microseconds")
        .y_desc("share of the answers")
        .draw()?;
    let (left, top) = below.get_base_pixel();
    for share in SHARES {
        let (x, y) = chart.backend_coord(&(least * 0.9, nines(share)));
        let (end, _) = chart.backend_coord(&(most * 1.1, nines(share)));
        let (x, end, y) = (x - left, end - left, y - top);
        below.draw(&PathElement::new(vec![(x, y), (end, y)], GRID))?;
        let label = format!("{} %", (share * 1000.0).round() / 10.0);
        below.draw(&Text::new(label, (x - 6, y), letters(12, FAINT, false, HPos::Right)))?;
    }
    // Ours last: it lies above the others.
    for it in figures.latency.iter().rev() {
        let points = it.quantiles.iter().filter_map(|it| Some((it.us?.max(1.0), nines(it.share))));
        let points: Vec<(f64, f64)> = points.collect();
        let style = colour(&it.contender).stroke_width(weight(&it.contender));
        chart.draw_series(LineSeries::new(points.iter().copied(), style))?;
        chart.draw_series(points.iter().map(|at| Circle::new(*at, 3, colour(&it.contender).filled())))?;
    }
    drop(chart);
    Ok(area.present()?)
}
