//! AWS's error codes in XML, which its runtime crates find in some protocols only.

use aws_smithy_types::error::ErrorMetadata;
use aws_smithy_types::error::metadata::Builder;
use aws_smithy_xml::decode::{Document, ScopedDecoder, XmlDecodeError, try_data};

use super::strict::Element;

/// The code and the message of an error: `<ErrorResponse><Error>`, `<Response><Errors><Error>` or S3's `<Error>`.
/// Both are missing in a body that is none of these, or that is cut.
pub(super) fn parse(body: &[u8]) -> Builder {
    match Element::of(body) {
        Ok(root) if matches!(root.name, "ErrorResponse" | "Response" | "Error") => find(body).unwrap_or_default(),
        _ => ErrorMetadata::builder(),
    }
}

fn find(body: &[u8]) -> Result<Builder, XmlDecodeError> {
    let mut document = Document::try_from(body)?;
    let mut root = document.root_element()?;
    if root.start_el().local() == "Error" {
        return fields(&mut root);
    }
    while let Some(mut child) = root.next_tag() {
        match child.start_el().local() {
            "Error" => return fields(&mut child),
            "Errors" => {
                if let Some(mut error) = child.next_tag() {
                    return fields(&mut error);
                }
            }
            _ => {}
        }
    }
    Ok(ErrorMetadata::builder())
}

fn fields(error: &mut ScopedDecoder<'_, '_>) -> Result<Builder, XmlDecodeError> {
    let mut found = ErrorMetadata::builder();
    while let Some(mut field) = error.next_tag() {
        match field.start_el().local() {
            "Code" => found = found.code(try_data(&mut field)?.trim()),
            "Message" | "message" => found = found.message(try_data(&mut field)?.trim()),
            _ => {}
        }
    }
    Ok(found)
}
