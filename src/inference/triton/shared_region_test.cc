#include "inference/triton/shared_region.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <string>

namespace reelbatch::inference {
namespace {

TEST(SharedRegion, IsSeenByItsKeyUntilUnlinked) {
  auto region = SharedRegion::Create(8192);
  ASSERT_TRUE(region.has_value()) << region.error().Text();
  EXPECT_TRUE((*region)->key().starts_with("/reelbatch_" + std::to_string(getpid()) + "_"))
      << (*region)->key();
  EXPECT_EQ("/" + (*region)->name(), (*region)->key());
  std::memcpy((*region)->bytes().data() + 5000, "frames", 6);
  const int file = shm_open((*region)->key().c_str(), O_RDONLY, 0);
  ASSERT_GE(file, 0);
  char seen[6];
  EXPECT_EQ(pread(file, seen, 6, 5000), 6);
  EXPECT_EQ(std::string(seen, 6), "frames");
  (*region)->Unlink();
  (*region)->Unlink();
  EXPECT_LT(shm_open((*region)->key().c_str(), O_RDONLY, 0), 0);
  std::memcpy((*region)->bytes().data() + 5000, "others", 6);  // both mappings stay
  EXPECT_EQ(pread(file, seen, 6, 5000), 6);
  EXPECT_EQ(std::string(seen, 6), "others");
  close(file);
}

TEST(SharedRegion, GoesWithItsObject) {
  std::string key;
  {
    const auto region = SharedRegion::Create(1);
    ASSERT_TRUE(region.has_value());
    key = (*region)->key();
    EXPECT_TRUE(std::filesystem::exists("/dev/shm" + key));
  }
  EXPECT_FALSE(std::filesystem::exists("/dev/shm" + key));
}

TEST(SharedRegion, TooLargeIsAnErrorAndLeavesNothing) {
  const auto region = SharedRegion::Create(size_t{1} << 50);
  ASSERT_FALSE(region.has_value());
  EXPECT_EQ(region.error().code, base::Code::kIo);
  EXPECT_NE(region.error().Text().find("/dev/shm/reelbatch_"), std::string::npos)
      << region.error().Text();
  for (const auto& left : std::filesystem::directory_iterator("/dev/shm")) {
    EXPECT_FALSE(
        left.path().filename().native().starts_with("reelbatch_" + std::to_string(getpid()) + "_"))
        << left.path();
  }
}

}  // namespace
}  // namespace reelbatch::inference
