#include "apps/reelbatch/terminal.h"

#include <fmt/format.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <array>

namespace reelbatch::app {
namespace {

struct Letter {
  char32_t code = 0;
  size_t bytes = 1;
  bool valid = false;
};

/// The first letter of `text`, which is not empty. Overlong forms, surrogates and stray bytes are
/// not valid.
Letter FirstLetter(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return {};
  char32_t code = lead & (0x7Fu >> length);
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0u) != 0x80u) return {};
    code = (code << 6) | (byte(i) & 0x3Fu);
  }
  constexpr std::array<char32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < kSmallest[length] || surrogate || code > 0x10FFFF) return {};
  return {code, length, true};
}

/// Control characters, line separators, and the marks that make text run the other way: a name must
/// not be able to move the cursor or to disguise itself.
bool Harmful(char32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || (code >= 0x200B && code <= 0x200F) ||
         (code >= 0x2028 && code <= 0x202E) || (code >= 0x2060 && code <= 0x2069) || code == 0xFEFF;
}

bool WordSafe(char32_t code) {
  if (code >= 0x80) return true;
  const char c = static_cast<char>(code);
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("_./:,+@%=-").find(c) != std::string_view::npos;
}

/// Calls back for every letter with its bytes and whether they may be printed.
template <class Visitor>
void ForEachLetter(std::string_view text, Visitor&& visit) {
  while (!text.empty()) {
    const Letter letter = FirstLetter(text);
    visit(letter.code, text.substr(0, letter.bytes), letter.valid && !Harmful(letter.code));
    text.remove_prefix(letter.bytes);
  }
}

void AppendEscaped(std::string& out, std::string_view bytes, bool octal) {
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      // Three octal digits end by themselves; \x would swallow a digit that follows in $'..'.
      default:
        out += octal ? fmt::format("\\{:03o}", byte) : fmt::format("\\x{:02x}", byte);
    }
  }
}

int LetterWidth(char32_t code) {
  const bool combining = (code >= 0x300 && code <= 0x36F) || (code >= 0x1AB0 && code <= 0x1AFF) ||
                         (code >= 0x20D0 && code <= 0x20FF) || (code >= 0xFE00 && code <= 0xFE0F);
  if (combining) return 0;
  const bool wide = (code >= 0x1100 && code <= 0x115F) || (code >= 0x2E80 && code <= 0xA4CF) ||
                    (code >= 0xAC00 && code <= 0xD7A3) || (code >= 0xF900 && code <= 0xFAFF) ||
                    (code >= 0xFE30 && code <= 0xFE6F) || (code >= 0xFF00 && code <= 0xFF60) ||
                    (code >= 0x1F300 && code <= 0x1FAFF) || (code >= 0x20000 && code <= 0x3FFFD);
  return wide ? 2 : 1;
}

}  // namespace

bool UseColor(const ColorFacts& facts) {
  if (facts.mode != ColorMode::kAuto) return facts.mode == ColorMode::kAlways;
  if (facts.no_color && !facts.no_color->empty()) return false;
  return facts.is_terminal && facts.term.value_or("") != "dumb";
}

std::string ShellQuote(std::string_view bytes) {
  bool safe = !bytes.empty();
  bool printable = true;
  ForEachLetter(bytes, [&](char32_t code, std::string_view, bool ok) {
    safe = safe && ok && WordSafe(code);
    printable = printable && ok;
  });
  if (safe) return std::string(bytes);
  std::string quoted = printable ? "'" : "$'";
  ForEachLetter(bytes, [&](char32_t code, std::string_view letter, bool ok) {
    if (!ok) {
      AppendEscaped(quoted, letter, true);
    } else if (printable) {
      quoted += code == '\'' ? "'\\''" : letter;
    } else {
      if (code == '\'' || code == '\\') quoted += '\\';
      quoted += letter;
    }
  });
  return quoted + "'";
}

std::string OneLine(std::string_view text) {
  std::string line;
  ForEachLetter(text, [&](char32_t, std::string_view letter, bool ok) {
    if (ok) {
      line += letter;
    } else {
      AppendEscaped(line, letter, false);
    }
  });
  return line;
}

int DisplayWidth(std::string_view text) {
  int width = 0;
  ForEachLetter(text, [&](char32_t code, std::string_view, bool) { width += LetterWidth(code); });
  return width;
}

std::string Shorten(std::string_view text, int columns) {
  if (DisplayWidth(text) <= columns) return std::string(text);
  std::string kept;
  int width = 0;
  bool full = false;
  ForEachLetter(text, [&](char32_t code, std::string_view letter, bool) {
    full = full || width + LetterWidth(code) > columns - 1;
    if (full) return;
    kept += letter;
    width += LetterWidth(code);
  });
  return columns > 0 ? kept + "…" : "";
}

int TerminalWidth(int fd) {
  winsize size{};
  const bool known = ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 80;
}

std::string Styled(std::string_view text, Style style, bool color) {
  if (!color || style == Style::kPlain) return std::string(text);
  constexpr std::array<std::string_view, 6> kCodes = {"0", "1", "2", "31", "32", "33"};
  return fmt::format("\x1b[{}m{}\x1b[0m", kCodes[static_cast<size_t>(style)], text);
}

}  // namespace reelbatch::app
