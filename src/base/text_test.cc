#include "base/text.h"

#include <gtest/gtest.h>

namespace reelbatch::base {
namespace {

TEST(Text, KnowsUtf8) {
  EXPECT_EQ(Utf8Length("a"), 1U);
  EXPECT_EQ(Utf8Length("\xC3\xA9"), 2U);
  EXPECT_EQ(Utf8Length("\xE2\x82\xAC"), 3U);
  EXPECT_EQ(Utf8Length("\xF0\x9F\x8E\xAC"), 4U);
  for (const char* bad :
       {"", "\x80", "\xC0\x80", "\xC1\xBF", "\xC3", "\xC3(", "\xE0\x80\x80", "\xED\xA0\x80",
        "\xE2\x82", "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF"}) {
    EXPECT_EQ(Utf8Length(bad), 0U) << bad;
  }
}

TEST(Text, ReplacesInvalidBytes) {
  EXPECT_EQ(ValidUtf8("caf\xC3\xA9"), "caf\xC3\xA9");
  EXPECT_EQ(ValidUtf8("a\xFF"
                      "b\xC3"),
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD");
}

TEST(Text, PathsForPeopleAreOneLine) {
  EXPECT_EQ(PathForPeople("a\nb\t\x01\x7F\xFF"), "a\\nb\\t\\x01\\x7f\xEF\xBF\xBD");
}

}  // namespace
}  // namespace reelbatch::base
