//! What more connections cost: throughput, and memory.

use plotters::coord::ranged1d::{AsRangedCoord, Ranged, ValueFormatter};
use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use crate::figures::{Figures, Point};
use crate::style::{
    Area, CARD, FAINT, Failure, GRID, INK, card, colour, legend, letters, number, weight, whole,
};

const HEIGHT: u32 = 640;
const MIB: f64 = 1024.0 * 1024.0;
const FROM: f64 = 0.9;
const TO: f64 = 12_000.0;

pub fn draw(figures: &Figures, picture: &mut String) -> Result<(), Failure> {
    let lines = figures.lines();
    let area = card(
        picture,
        HEIGHT,
        "From one connection to ten thousand",
        "Raw echo of 64 bytes, all connections active: tasks beside a thread for each connection.",
    )?;
    legend(&area, &lines.iter().map(|(name, _)| *name).collect::<Vec<_>>(), 78)?;
    let (_, below) = area.split_vertically(94);
    let (upper, lower) = below.split_vertically(265);
    let most = figures.curve.iter().map(|point| point.rate.median).fold(1.0, f64::max) / 1000.0;
    panel(&upper, &lines, 0.0..most * 1.12, "thousand requests/s", |point| point.rate.median / 1000.0)?;
    let memory = || figures.curve.iter().map(|point| point.resident.median / MIB);
    let (least, most) = (memory().fold(f64::INFINITY, f64::min), memory().fold(1.0, f64::max));
    let range = (least * 0.7..most * 1.6).log_scale();
    panel(&lower, &lines, range, "resident memory, MiB", |point| point.resident.median / MIB)?;
    Ok(area.present()?)
}

fn panel<Y>(
    area: &Area<'_>,
    lines: &[(&str, Vec<&Point>)],
    range: impl AsRangedCoord<CoordDescType = Y, Value = f64>,
    what: &str,
    value: impl Fn(&Point) -> f64,
) -> Result<(), Failure>
where
    Y: Ranged<ValueType = f64> + ValueFormatter<f64>,
{
    let mut chart = ChartBuilder::on(area)
        .margin_left(16)
        .margin_right(70)
        .margin_top(6)
        .margin_bottom(4)
        .x_label_area_size(44)
        .y_label_area_size(64)
        .build_cartesian_2d((FROM..TO).log_scale(), range)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(CARD)
        .bold_line_style(GRID)
        .axis_style(FAINT)
        .x_labels(5)
        .y_labels(5)
        .x_label_formatter(&|x| whole(*x))
        .y_label_formatter(&|y| whole(*y))
        .label_style(letters(12, FAINT, false, HPos::Center))
        .axis_desc_style(letters(13, INK, false, HPos::Center))
        .x_desc("connections")
        .y_desc(what)
        .draw()?;
    let mut taken: Vec<i32> = Vec::new();
    for (name, points) in lines {
        let line: Vec<(f64, f64)> =
            points.iter().map(|point| (point.connections as f64, value(point))).collect();
        let style = colour(name).stroke_width(weight(name));
        chart.draw_series(LineSeries::new(line.iter().copied(), style))?;
        chart.draw_series(line.iter().map(|at| Circle::new(*at, 4, colour(name).filled())))?;
        let Some(&(x, y)) = line.last() else { continue };
        // The last figure, beside its point; lower if there is another.
        let (x, mut y_pixel) = chart.backend_coord(&(x, y));
        while taken.iter().any(|other| (other - y_pixel).abs() < 13) {
            y_pixel += 4;
        }
        taken.push(y_pixel);
        let (left, top) = area.get_base_pixel();
        let label = letters(12, colour(name), true, HPos::Left);
        area.draw(&Text::new(number(y), (x - left + 9, y_pixel - top), &label))?;
    }
    Ok(())
}
