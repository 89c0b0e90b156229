//! Colours, letters and figures, the same in all pictures.

use std::error::Error;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

pub type Failure = Box<dyn Error>;
pub type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

pub const WIDTH: u32 = 800;
pub const CARD: RGBColor = RGBColor(255, 255, 255);
pub const INK: RGBColor = RGBColor(36, 41, 47);
pub const FAINT: RGBColor = RGBColor(101, 109, 118);
pub const GRID: RGBColor = RGBColor(225, 228, 232);

const COLOURS: &[(&str, RGBColor)] = &[
    ("Greenroom", RGBColor(26, 127, 55)),
    ("tokio by hand", RGBColor(87, 112, 158)),
    ("hyper by hand", RGBColor(87, 112, 158)),
    ("tokio, readiness first", RGBColor(140, 160, 196)),
    ("actix-server", RGBColor(150, 120, 170)),
    ("axum", RGBColor(150, 120, 170)),
    ("threads", RGBColor(201, 120, 86)),
    ("Go", RGBColor(98, 170, 185)),
    ("gevent", RGBColor(205, 170, 80)),
];

pub fn colour(contender: &str) -> RGBColor {
    COLOURS.iter().find(|(name, _)| *name == contender).map_or(FAINT, |(_, colour)| *colour)
}

pub fn is_ours(contender: &str) -> bool {
    contender == "Greenroom"
}

/// Ours stands out by its weight too, not by colour alone.
pub fn weight(contender: &str) -> u32 {
    if is_ours(contender) { 3 } else { 2 }
}

pub fn letters(size: u32, colour: RGBColor, bold: bool, h: HPos) -> TextStyle<'static> {
    let style = if bold { FontStyle::Bold } else { FontStyle::Normal };
    let font = FontDesc::new(FontFamily::SansSerif, f64::from(size), style);
    TextStyle { font, color: colour.to_backend_color(), pos: Pos::new(h, VPos::Center) }
}

pub fn write(area: &Area<'_>, text: &str, at: (i32, i32), style: &TextStyle<'_>) -> Result<(), Failure> {
    Ok(area.draw(&Text::new(text, at, style))?)
}

/// A white card, legible on any page, with a title and what is below it.
pub fn card<'a>(picture: &'a mut String, height: u32, title: &str, below: &str) -> Result<Area<'a>, Failure> {
    let area = SVGBackend::with_string(picture, (WIDTH, height)).into_drawing_area();
    area.fill(&CARD)?;
    write(&area, title, (24, 28), &letters(18, INK, true, HPos::Left))?;
    write(&area, below, (24, 52), &letters(13, FAINT, false, HPos::Left))?;
    Ok(area)
}

/// The contenders in a row, each after a dot of its colour.
pub fn legend(area: &Area<'_>, names: &[&str], y: i32) -> Result<(), Failure> {
    const LETTER: i32 = 8;
    let mut x = 30;
    for name in names {
        area.draw(&Circle::new((x, y), 5, colour(name).filled()))?;
        write(area, name, (x + 11, y), &letters(13, INK, is_ours(name), HPos::Left))?;
        x += 38 + name.len() as i32 * LETTER;
    }
    Ok(())
}

/// `12,345`, `1.2`: as few digits as mean something.
pub fn number(value: f64) -> String {
    let text = if value == 0.0 {
        "0".to_owned()
    } else if value.abs() < 1.0 {
        format!("{value:.3}")
    } else if value.abs() < 10.0 {
        format!("{value:.2}")
    } else if value.abs() < 100.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.0}")
    };
    let digits = text.split('.').next().unwrap_or_default().len();
    let grouped = text.chars().enumerate().flat_map(|(at, letter)| {
        let comma = at > 0 && at < digits && (digits - at).is_multiple_of(3);
        comma.then_some(',').into_iter().chain([letter])
    });
    grouped.collect()
}

/// The same without a fraction of nothing.
pub fn whole(value: f64) -> String {
    number(value).trim_end_matches(".00").trim_end_matches(".0").to_owned()
}
