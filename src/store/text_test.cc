#include "store/text.h"

#include <gtest/gtest.h>

namespace reelbatch::store {
namespace {

TEST(Text, FileUrisLoseNoByte) {
  const std::filesystem::path odd("/a b/\xFF#?%\n.mp4");
  EXPECT_EQ(FileUri(odd), "file:///a%20b/%FF%23%3F%25%0A.mp4");
  EXPECT_EQ(PathOfFileUri(FileUri(odd)), odd);
  for (const char* bad : {"", "http://x/", "file://relative", "file:///a%2", "file:///a%zz"}) {
    EXPECT_EQ(PathOfFileUri(bad), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace reelbatch::store
