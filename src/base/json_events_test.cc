#include "base/json_events.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/test_folder.h"

namespace reelbatch::base {
namespace {

using testing::TempFolder;

struct Strings final : JsonEvents {
  bool string(string_t& value) override {
    seen.push_back(value);
    return value != "stop";
  }
  std::vector<std::string> seen;
};

TEST(JsonEvents, PassAFileByValueByValue) {
  const TempFolder temp;
  Strings strings;
  ASSERT_TRUE(ReadJsonEvents(
      temp.Write("a.json", R"({"a": ["x", 1, -1, 0.5, true, null], "b": {"c": "y"}})"), strings));
  EXPECT_EQ(strings.seen, (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(strings.broken_at, 0U);
}

TEST(JsonEvents, SayWhatCannotBeRead) {
  const TempFolder temp;
  Strings strings;
  EXPECT_EQ(ReadJsonEvents(temp.path() / "missing", strings).error().code, Code::kIo);
  EXPECT_EQ(ReadJsonEvents(temp.path(), strings).error().code, Code::kIo);
  EXPECT_EQ(ReadJsonEvents(temp.Write("half", R"({"a": "x",)"), strings).error().code,
            Code::kCorrupt);
  EXPECT_GT(strings.broken_at, 0U);
  EXPECT_EQ(ReadJsonEvents(temp.Write("stop", R"(["stop", "z"])"), strings).error().code,
            Code::kCorrupt);
  EXPECT_EQ(strings.seen, (std::vector<std::string>{"x", "stop"}));
}

}  // namespace
}  // namespace reelbatch::base
