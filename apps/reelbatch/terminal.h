#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reelbatch::app {

enum class ColorMode : uint8_t { kAuto, kAlways, kNever };

/// What decides about colour. `no_color` and `term` are the values of the environment variables, if
/// set.
struct ColorFacts {
  ColorMode mode = ColorMode::kAuto;
  bool is_terminal = false;
  std::optional<std::string_view> no_color = std::nullopt;
  std::optional<std::string_view> term = std::nullopt;
};

/// Source: no-color.org: NO_COLOR counts when it is not empty; what was asked for on the command
/// line wins.
bool UseColor(const ColorFacts& facts);

/// A name as a shell would take it back, on one line: clip.mp4, 'my clip.mp4', $'two\nlines\377'.
/// Never holds a control byte, whatever the name is.
std::string ShellQuote(std::string_view bytes);

/// A message on one line: control bytes, bytes that are not UTF-8 and marks that reorder text
/// become \n, \x1b, \xff ...; everything else stays.
std::string OneLine(std::string_view text);

/// Columns that printable UTF-8 takes on a terminal (wide East Asian letters take two, combining
/// marks none).
int DisplayWidth(std::string_view text);

/// The beginning of `text` that fits `columns`; ends in "…" where something was cut off.
std::string Shorten(std::string_view text, int columns);

/// Columns of the terminal behind `fd`; 80 where it does not say.
int TerminalWidth(int fd);

enum class Style : uint8_t { kPlain, kBold, kDim, kRed, kGreen, kYellow };

/// `text` in that style; as it is where `color` is false.
std::string Styled(std::string_view text, Style style, bool color);

}  // namespace reelbatch::app
