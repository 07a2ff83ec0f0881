//! QR codes as pictures.

use qrcode::{Color, QrCode, render::svg};
use wagate_engine::Error;

/// Pixels, or units of an SVG, along one side of a module.
const SCALE: usize = 8;
/// Light modules around the code, as the standard asks for.
const MARGIN: usize = 4;

/// The code as an SVG document.
pub(super) fn svg(text: &str) -> Result<String, Error> {
    let side = u32::try_from(SCALE).unwrap_or(1);
    let code = QrCode::new(text).map_err(Error::internal)?;
    Ok(code.render::<svg::Color<'_>>().module_dimensions(side, side).quiet_zone(true).build())
}

/// The code as a PNG file in black and white.
pub(super) fn png(text: &str) -> Result<Vec<u8>, Error> {
    let code = QrCode::new(text).map_err(Error::internal)?;
    let side = (code.width() + 2 * MARGIN) * SCALE;
    let is_dark = |x: usize, y: usize| {
        let (x, y) = (x / SCALE, y / SCALE);
        let inside = MARGIN..MARGIN + code.width();
        inside.contains(&x) && inside.contains(&y) && code[(x - MARGIN, y - MARGIN)] == Color::Dark
    };
    let shade = |at: usize| if is_dark(at % side, at / side) { 0 } else { 255 };
    let pixels: Vec<u8> = (0..side * side).map(shade).collect();
    encode(side, &pixels).map_err(Error::internal)
}

fn encode(side: usize, pixels: &[u8]) -> Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let side = u32::try_from(side).unwrap_or(u32::MAX);
    let mut encoder = png::Encoder::new(&mut file, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_drawn_with_its_margin() {
        let picture = png("wagate:link:1234").unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(&picture)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!(info.width, info.height);
        let at = |x: u32, y: u32| pixels[(y * info.width + x) as usize];
        assert_eq!(at(0, 0), 255, "the margin is light");
        assert_eq!(at(32, 32), 0, "the finder pattern begins after it");
        assert!(svg("wagate:link:1234").unwrap().contains("<svg"));
    }
}
