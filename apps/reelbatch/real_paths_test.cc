#include "apps/reelbatch/real_paths.h"

#include <gtest/gtest.h>

#include "base/test_folder.h"

namespace reelbatch::app {
namespace {

namespace fs = std::filesystem;

TEST(RealPaths, AreThoseOfTheFileSystem) {
  const base::testing::TempFolder temp;
  const fs::path root = fs::canonical(temp.path());
  for (const char* name : {"a/1/x.mp4", "a/1/y.mp4", "a/2/x.mp4", "b/x.mp4", "x.mp4"})
    temp.Write(name, "");
  fs::create_directory_symlink("a/1", root / "to_1");
  fs::create_directory_symlink("../a", root / "b/to_a");
  fs::create_symlink("../2/x.mp4", root / "a/1/to_x.mp4");
  fs::create_symlink("nowhere", root / "a/dangling.mp4");
  RealPaths paths;
  for (const char* name :
       {"a/1/x.mp4",      "a/1/y.mp4",       "a/2/x.mp4",      "b/x.mp4",        "x.mp4",
        "to_1/x.mp4",     "to_1/y.mp4",      "b/to_a/1/x.mp4", "b/to_a/2/x.mp4", "a/1/to_x.mp4",
        "a/1/../2/x.mp4", "b/to_a/../x.mp4", "a/./1/./x.mp4",  "a//1//x.mp4",    "a/1",
        "a/1/",           "a/1/.",           "a/..",           "a/missing.mp4",  "missing/x.mp4",
        "a/dangling.mp4", "a/1/x.mp4"}) {
    const fs::path path = root / name;
    EXPECT_EQ(paths.Of(path), fs::weakly_canonical(path).native()) << name;
  }
  EXPECT_EQ(paths.Of("/"), "/");
  EXPECT_EQ(paths.Of("."), fs::canonical(".").native());
  const fs::path here = *fs::directory_iterator(".");
  EXPECT_EQ(paths.Of(here.filename()), fs::canonical(here).native());
}

}  // namespace
}  // namespace reelbatch::app
