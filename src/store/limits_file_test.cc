#include "store/limits_file.h"

#include <gmock/gmock.h>

namespace reelbatch::store {
namespace {

TEST(LimitsFile, GoesThereAndBack) {
  const contracts::LimitRecord limit{.key_id = "00ff",
                                     .key_text = "model 720 on \"cpu\"",
                                     .device = "epyc",
                                     .limit = 6,
                                     .failed_at = 12,
                                     .proven = 6,
                                     .good = 3,
                                     .needed = 16,
                                     .learned_at_ns = 1'700'000'000'000'000'000};
  const auto read = ParseLimits(LimitsDocument({limit}), "limits.json");
  ASSERT_TRUE(read.has_value()) << read.error().Text();
  ASSERT_EQ(read->size(), 1U);
  EXPECT_EQ(read->front().key_text, limit.key_text);
  EXPECT_EQ(read->front().limit, 6);
  EXPECT_EQ(read->front().failed_at, 12);
  EXPECT_EQ(read->front().learned_at_ns, limit.learned_at_ns);
}

TEST(LimitsFile, SaysWhatIsWrong) {
  std::string text = LimitsDocument(
      {{.key_id = "k", .key_text = "t", .device = "d", .limit = 6, .failed_at = 12, .needed = 16}});
  text.replace(text.find("\"limit\": 6"), 10, "\"limit\": 0");
  const auto read = ParseLimits(text, "limits.json");
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().code, base::Code::kCorrupt);
  EXPECT_THAT(read.error().Text(), ::testing::HasSubstr("limits.json"));
  EXPECT_THAT(read.error().Text(), ::testing::HasSubstr("limit"));
  EXPECT_FALSE(ParseLimits("{", "limits.json").has_value());
}

}  // namespace
}  // namespace reelbatch::store
