#include "base/not_json.h"

#include <gtest/gtest.h>

namespace reelbatch::base {
namespace {

TEST(WhyNotJson, IsWhereTheTextStopsBeingJson) {
  EXPECT_EQ(WhyNotJson("{\"a\": [1,\n2]}"), std::nullopt);
  EXPECT_EQ(WhyNotJson("3"), std::nullopt);
  EXPECT_EQ(WhyNotJson(""), "is empty, but must be a JSON file: restore it from a copy");
  EXPECT_EQ(WhyNotJson("a list"), "is not a JSON file, because its text does not begin with {");
  EXPECT_EQ(WhyNotJson("{\n\"a\": tru,\n\"b\": 1}"),
            "is not valid JSON in line 2: correct it, or restore the file from a copy");
  EXPECT_EQ(WhyNotJson("[1,\n2,\n"),
            "is JSON that ends early, in line 3: write the file again, or restore it from a copy");
}

}  // namespace
}  // namespace reelbatch::base
