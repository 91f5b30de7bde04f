#include "base/json_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace reelbatch::base {
namespace {

TEST(Rounded, IsTheNearestDecimal) {
  EXPECT_EQ(Rounded(0.1 + 0.2, 6), 0.3);
  EXPECT_EQ(Rounded(1001.0 / 30000, 6), 0.033367);
  EXPECT_EQ(Rounded(0.99996, 4), 1.0);
  EXPECT_EQ(Rounded(1e15 + 0.5, 6), 1e15 + 0.5);
  EXPECT_EQ(Rounded(1e300, 6), 1e300);
  EXPECT_FALSE(std::signbit(Rounded(-1e-9, 6)));
  EXPECT_TRUE(std::isinf(Rounded(std::numeric_limits<double>::infinity(), 6)));
}

TEST(Pretty, IsTheLibrarysLayout) {
  const Json document = {
      {"text", "a \"quoted\"\n\xFF text"},
      {"numbers", {0.0, -1.5, 1e5, 1e14, 1e15, 0.001, 1e-5, 1e300, 42, -7, uint64_t{1} << 63}},
      {"nothing", nullptr},
      {"empty", {{"list", Json::array()}, {"object", Json::object()}}},
      {"deep", {{{"a", true}, {"b", {1, {2, 3}}}}}}};
  EXPECT_EQ(Pretty(document), document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
  EXPECT_EQ(Pretty(std::numeric_limits<double>::quiet_NaN()), "null\n");
}

TEST(PrettyList, IsPrettyInParts) {
  for (const size_t length : {0, 1, 3}) {
    Json document = {{"first", {{"videos", Json::array()}}},
                     {"text", "\n  \"videos\": []"},
                     {"videos", Json::array()},
                     {"last", {1, 2}}};
    PrettyList parts(document, "videos");
    std::string text = parts.Begin();
    for (size_t i = 0; i < length; ++i) {
      const Json element = {
          {"i", i}, {"x", 0.1}, {"list", {1, 2}}, {"text", "a\nb"}, {"none", Json::array()}};
      text += parts.Next(element);
      document["videos"].push_back(element);
    }
    EXPECT_EQ(text + parts.End(), Pretty(document)) << length;
  }
  PrettyList last({{"list", Json::array()}}, "list");
  std::string text = last.Begin() + last.Next(1);
  text += last.End();
  EXPECT_EQ(text, Pretty({{"list", {1}}}));
}

TEST(Rounded, IsWrittenShortAndStays) {
  // A day in uneven steps, at which the shortest text is hard to find.
  for (int64_t us = 1; us < 86'400'000'000; us += 7'919'237) {
    const double rounded = Rounded(static_cast<double>(us) / 1e6 + 3e-8, 6);
    const std::string text = Pretty(rounded);
    ASSERT_LE(text.size() - text.find('.'), 8U) << text;
    ASSERT_EQ(Rounded(rounded, 6), rounded) << text;
  }
}

TEST(Shortest, IsWhatAPersonWouldWrite) {
  EXPECT_EQ(Shortest(0.98F), 0.98);
  EXPECT_EQ(Shortest(-0.1F), -0.1);
  EXPECT_TRUE(std::isnan(Shortest(std::numeric_limits<float>::quiet_NaN())));
}

TEST(JsonText, NothingIsNull) {
  EXPECT_EQ(OneLine({TextOrNull(""), TextOrNull("a"), ValueOrNull(std::optional<double>()),
                     ValueOrNull(std::optional(2))}),
            R"([null,"a",null,2])");
}

TEST(BrokenLine, IsWhereTheTextStopsBeingJson) {
  EXPECT_EQ(BrokenLine("{\"a\": [1,\n2]}"), std::nullopt);
  EXPECT_EQ(BrokenLine(""), 1);
  EXPECT_EQ(BrokenLine("{\n\"a\": tru,\n\"b\": 1}"), 2);
  EXPECT_EQ(BrokenLine("[1,\n2,\n"), 3);
}

}  // namespace
}  // namespace reelbatch::base
