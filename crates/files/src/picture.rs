//! A picture made anew from the one that was sent: what is shown is never what somebody sent. What a camera adds (the
//! place, the time, the device) is gone; which way up it was held is kept.

use std::io::{BufReader, Cursor, Read, Seek};

use image::{DynamicImage, ImageDecoder as _, ImageError, ImageFormat, ImageReader, Limits, error::LimitErrorKind};

use crate::{Format, Refused};

/// A picture made anew: PNG, or JPEG where the one that was sent is a JPEG.
#[derive(Clone, PartialEq, Eq)]
pub struct Remade {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

impl std::fmt::Debug for Remade {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Remade({} x {})", self.width, self.height)
    }
}

/// The most points each way, and in all: 64 million of four bytes are 256 MB while it is worked on.
const MOST_EACH_WAY: u32 = 20_000;
const MOST_POINTS: u64 = 64_000_000;
const MOST_MEMORY: u64 = 320 * 1_024 * 1_024;
/// The shown picture fits a square of so many points.
const SHOWN: u32 = 1_600;

/// Makes the picture that is shown.
///
/// # Errors
/// A picture that is too large, or cannot be read to its end.
pub fn remake<F: Read + Seek>(file: &mut F, format: Format) -> Result<Remade, Refused> {
    let (from, to) = match format {
        Format::Png => (ImageFormat::Png, ImageFormat::Png),
        Format::Jpeg => (ImageFormat::Jpeg, ImageFormat::Jpeg),
        Format::WebP => (ImageFormat::WebP, ImageFormat::Png),
        Format::Gif => (ImageFormat::Gif, ImageFormat::Png),
        _ => return Err(Refused::Unknown),
    };
    file.rewind()?;
    let mut reader = ImageReader::with_format(BufReader::new(file), from);
    let mut limits = Limits::default();
    limits.max_image_width = Some(MOST_EACH_WAY);
    limits.max_image_height = Some(MOST_EACH_WAY);
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| why(&error))?;
    let (width, height) = decoder.dimensions();
    if width == 0 || height == 0 {
        return Err(Refused::Damaged("a picture"));
    }
    if width > MOST_EACH_WAY || height > MOST_EACH_WAY || u64::from(width) * u64::from(height) > MOST_POINTS {
        return Err(Refused::PictureTooLarge);
    }
    let orientation = decoder.orientation().map_err(|error| why(&error))?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| why(&error))?;
    if width > SHOWN || height > SHOWN {
        picture = picture.thumbnail(SHOWN, SHOWN);
    }
    picture.apply_orientation(orientation);
    let plain = match to {
        ImageFormat::Jpeg => DynamicImage::ImageRgb8(picture.into_rgb8()),
        _ => DynamicImage::ImageRgba8(picture.into_rgba8()),
    };
    let mut bytes = Vec::new();
    plain.write_to(&mut Cursor::new(&mut bytes), to).map_err(|error| why(&error))?;
    Ok(Remade { bytes, width: plain.width(), height: plain.height() })
}

/// A PNG of so many points, each of the colour that this gives: for pictures that are invented.
pub fn paint(width: u32, height: u32, colour: impl Fn(u32, u32) -> [u8; 3]) -> Vec<u8> {
    let picture = image::RgbImage::from_fn(width, height, |x, y| image::Rgb(colour(x, y)));
    let mut bytes = Vec::new();
    // Memory takes all that is written to it.
    DynamicImage::ImageRgb8(picture).write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).ok();
    bytes
}

fn why(error: &ImageError) -> Refused {
    match error {
        ImageError::Limits(limit)
            if matches!(limit.kind(), LimitErrorKind::DimensionError | LimitErrorKind::InsufficientMemory) =>
        {
            Refused::PictureTooLarge
        }
        _ => Refused::Damaged("a picture"),
    }
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};

    use super::*;

    fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        // Red on top, blue below.
        let half = height / 2;
        let image = RgbImage::from_fn(width, height, |_, y| Rgb(if y < half { [255, 0, 0] } else { [0, 0, 255] }));
        let mut bytes = Vec::new();
        DynamicImage::ImageRgb8(image).write_to(&mut Cursor::new(&mut bytes), format).unwrap();
        bytes
    }

    /// A JPEG as a telephone makes it: EXIF with the orientation, and with words that stand for a place.
    fn from_a_telephone(orientation: u8) -> Vec<u8> {
        let plain = picture(40, 20, ImageFormat::Jpeg);
        let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
        exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
        exif.extend(b"GPS 53.61 N 2.15 W, foster home");
        let length = u16::try_from(exif.len() + 2).unwrap();
        [&plain[..2], b"\xff\xe1", &length.to_be_bytes(), &exif, &plain[2..]].concat()
    }

    /// R-VOI-03: a picture can be shown for what the child said with it.
    #[test]
    fn r_voi_03_pictures_of_each_kind_are_made_anew() {
        for (format, image) in [
            (Format::Png, ImageFormat::Png),
            (Format::Jpeg, ImageFormat::Jpeg),
            (Format::Gif, ImageFormat::Gif),
            (Format::WebP, ImageFormat::WebP),
        ] {
            let remade = remake(&mut Cursor::new(picture(30, 20, image)), format).unwrap();
            assert_eq!((remade.width, remade.height), (30, 20), "{format:?}");
        }
        let large = remake(&mut Cursor::new(picture(4_000, 2_000, ImageFormat::Png)), Format::Png).unwrap();
        assert_eq!((large.width, large.height), (1_600, 800));
    }

    /// ASVS 14.2.8
    #[test]
    fn what_a_camera_adds_is_gone_and_the_right_way_up_is_kept() {
        let sent = from_a_telephone(6);
        assert!(sent.windows(3).any(|part| part == b"GPS"));
        let remade = remake(&mut Cursor::new(&sent), Format::Jpeg).unwrap();
        assert_eq!((remade.width, remade.height), (20, 40), "turned as it was held");
        for trace in [&b"GPS"[..], b"foster", b"Exif"] {
            assert!(!remade.bytes.windows(trace.len()).any(|part| part == trace), "{trace:?}");
        }
        let shown = image::load_from_memory(&remade.bytes).unwrap().to_rgb8();
        assert!(shown.get_pixel(17, 20)[0] > 200 && shown.get_pixel(2, 20)[2] > 200, "the top is to the right");
    }

    /// ASVS 2.3.2, 5.2.6
    #[test]
    fn huge_and_broken_pictures_are_refused() {
        // A PNG that says it has 100,000 by 100,000 points, and has none.
        let mut huge = picture(8, 8, ImageFormat::Png);
        huge[16..20].copy_from_slice(&100_000_u32.to_be_bytes());
        huge[20..24].copy_from_slice(&100_000_u32.to_be_bytes());
        let mut crc = flate2::Crc::new();
        crc.update(&huge[12..29]);
        huge[29..33].copy_from_slice(&crc.sum().to_be_bytes());
        assert!(matches!(remake(&mut Cursor::new(&huge), Format::Png), Err(Refused::PictureTooLarge)));
        // One whose points unpack to far more than was sent, within each side.
        huge[16..20].copy_from_slice(&19_000_u32.to_be_bytes());
        huge[20..24].copy_from_slice(&19_000_u32.to_be_bytes());
        let mut crc = flate2::Crc::new();
        crc.update(&huge[12..29]);
        huge[29..33].copy_from_slice(&crc.sum().to_be_bytes());
        assert!(matches!(remake(&mut Cursor::new(&huge), Format::Png), Err(Refused::PictureTooLarge)));
        let good = picture(400, 400, ImageFormat::Png);
        let cut = &good[..good.len() / 2];
        assert!(matches!(remake(&mut Cursor::new(cut), Format::Png), Err(Refused::Damaged(_))));
    }
}
