#include "store/linked_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "store/test_support.h"

namespace reelbatch::store {
namespace {

namespace fs = std::filesystem;
using testing::Slurp;
using testing::TempFolder;

class LinkFileTest : public ::testing::Test {
 protected:
  LinkFileTest() { fs::create_directory(temp_.path() / "tmp"); }
  base::AtomicWrite Options() const {
    return {.temp_folder = temp_.path() / "tmp", .write_call = nullptr};
  }
  TempFolder temp_;
};

TEST_F(LinkFileTest, TheTargetIsAnotherNameOfTheSource) {
  const fs::path source = temp_.Write("source", "new");
  const fs::path target = temp_.Write("target", "old");
  for (int again = 0; again < 2; ++again) {
    ASSERT_TRUE(LinkFile(source, target, Options()));
    EXPECT_TRUE(fs::equivalent(source, target));
    EXPECT_EQ(Slurp(target), "new");
    EXPECT_TRUE(fs::is_empty(temp_.path() / "tmp"));
  }
}

TEST_F(LinkFileTest, WhereTheFileSystemCannotLinkItCopies) {
  const fs::path elsewhere = fs::path("/dev/shm") / ("reelbatch-" + std::to_string(getpid()));
  std::ofstream(elsewhere) << "far";
  if (!fs::exists(elsewhere)) GTEST_SKIP() << "there is no second file system";
  const fs::path target = temp_.path() / "target";
  const auto linked = LinkFile(elsewhere, target, Options());
  fs::remove(elsewhere);
  ASSERT_TRUE(linked);
  EXPECT_EQ(Slurp(target), "far");
}

TEST_F(LinkFileTest, AMissingSourceIsNamed) {
  const auto linked = LinkFile(temp_.path() / "none", temp_.path() / "target", Options());
  ASSERT_FALSE(linked);
  EXPECT_EQ(linked.error().code, base::Code::kIo);
}

}  // namespace
}  // namespace reelbatch::store
