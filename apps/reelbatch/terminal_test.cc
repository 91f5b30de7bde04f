#include "apps/reelbatch/terminal.h"

#include <gtest/gtest.h>

namespace reelbatch::app {
namespace {

TEST(Terminal, ColorRules) {
  EXPECT_TRUE(UseColor({.is_terminal = true}));
  EXPECT_FALSE(UseColor({.is_terminal = false}));
  EXPECT_FALSE(UseColor({.is_terminal = true, .no_color = "1"}));
  EXPECT_TRUE(UseColor({.is_terminal = true, .no_color = ""}));
  EXPECT_FALSE(UseColor({.is_terminal = true, .term = "dumb"}));
  EXPECT_TRUE(UseColor({.mode = ColorMode::kAlways, .no_color = "1"}));
  EXPECT_FALSE(UseColor({.mode = ColorMode::kNever, .is_terminal = true}));
}

TEST(Terminal, QuotesNamesLikeAShell) {
  EXPECT_EQ(ShellQuote("clips/a-1_b.mp4"), "clips/a-1_b.mp4");
  EXPECT_EQ(ShellQuote("фильм.mp4"), "фильм.mp4");
  EXPECT_EQ(ShellQuote(""), "''");
  EXPECT_EQ(ShellQuote("my clip.mp4"), "'my clip.mp4'");
  EXPECT_EQ(ShellQuote("it's $HOME\".mp4"), "'it'\\''s $HOME\".mp4'");
  EXPECT_EQ(ShellQuote("two\nlines.mp4"), "$'two\\nlines.mp4'");
  EXPECT_EQ(ShellQuote("it's\x1b[2J"), "$'it\\'s\\033[2J'");
  EXPECT_EQ(ShellQuote("latin\xe9.mp4"), "$'latin\\351.mp4'");
  EXPECT_EQ(ShellQuote("back\\slash\t"), "$'back\\\\slash\\t'");
  EXPECT_EQ(ShellQuote("~"), "'~'");
}

TEST(Terminal, KeepsMessagesOnOneLine) {
  EXPECT_EQ(OneLine("it's fine: ж"), "it's fine: ж");
  EXPECT_EQ(OneLine("a\nb\x1b[31m\xff"), "a\\nb\\x1b[31m\\xff");
  // Right-to-left override: would show gpj.exe as exe.jpg.
  EXPECT_EQ(OneLine("a\xe2\x80\xae"
                    "b"),
            "a\\xe2\\x80\\xae"
            "b");
  // Overlong '/' and a surrogate.
  EXPECT_EQ(OneLine("\xc0\xaf"), "\\xc0\\xaf");
  EXPECT_EQ(OneLine("\xed\xa0\x80"), "\\xed\\xa0\\x80");
  EXPECT_EQ(OneLine("cut \xe2\x82"), "cut \\xe2\\x82");
}

TEST(Terminal, MeasuresAndShortens) {
  EXPECT_EQ(DisplayWidth("abc"), 3);
  EXPECT_EQ(DisplayWidth("жёж"), 3);
  EXPECT_EQ(DisplayWidth("映画"), 4);
  EXPECT_EQ(DisplayWidth("e\u0301"), 1);
  EXPECT_EQ(Shorten("abcdef", 6), "abcdef");
  EXPECT_EQ(Shorten("abcdefg", 6), "abcde…");
  EXPECT_EQ(Shorten("映画映画", 5), "映画…");
  EXPECT_EQ(Shorten("abc", 0), "");
}

TEST(Terminal, StylesOnlyWithColor) {
  EXPECT_EQ(Styled("x", Style::kRed, false), "x");
  EXPECT_EQ(Styled("x", Style::kRed, true), "\x1b[31mx\x1b[0m");
}

}  // namespace
}  // namespace reelbatch::app
