#include "apps/reelbatch/inputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "apps/reelbatch/glob.h"

namespace reelbatch::app {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Glob, MatchesNames) {
  EXPECT_TRUE(MatchesName("*.mp4", "a.mp4"));
  EXPECT_TRUE(MatchesName("a*b*c", "aXbYbZc"));
  EXPECT_TRUE(MatchesName("clip?.mkv", "clip1.mkv"));
  EXPECT_TRUE(MatchesName("[a-c]x", "bx"));
  EXPECT_TRUE(MatchesName("[!a-c]x", "dx"));
  EXPECT_TRUE(MatchesName("[]]", "]"));
  EXPECT_TRUE(MatchesName("a[b", "a[b"));
  EXPECT_TRUE(MatchesName("*", ""));
  EXPECT_FALSE(MatchesName("*.mp4", ".hidden.mp4"));
  EXPECT_TRUE(MatchesName(".*", ".hidden"));
  EXPECT_FALSE(MatchesName("[a-c]x", "dx"));
  EXPECT_FALSE(MatchesName("", "a"));
  // The classic that takes exponential time in a matcher that backtracks to every star.
  EXPECT_FALSE(MatchesName("*a*a*a*a*a*a*a*a*a*a*a*b", std::string(2000, 'a')));
}

TEST(Glob, KnowsTheFolderOfAPattern) {
  EXPECT_EQ(FolderOfPattern("a//b/c*/d.mp4"), "a/b");
  EXPECT_EQ(FolderOfPattern("/a/**"), "/a");
  EXPECT_EQ(FolderOfPattern("/*.mp4"), "/");
  EXPECT_EQ(FolderOfPattern("*.mp4"), "");
}

class Inputs : public testing::Test {
 protected:
  void SetUp() override {
    root_ =
        fs::path(testing::TempDir()) /
        (std::string("inputs_") + testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(root_);
    fs::create_directories(root_);
  }
  void TearDown() override { fs::remove_all(root_); }

  void Put(const std::string& name, std::string_view text = "x") {
    fs::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name, std::ios::binary) << text;
  }
  std::string At(const std::string& name) const { return (root_ / name).native(); }

  base::Result<InputList> Expand(std::vector<std::string> arguments) {
    return ExpandInputs(arguments);
  }

  /// The videos' paths below the test's folder.
  std::vector<std::string> Names(const InputList& list) const {
    std::vector<std::string> names;
    for (const fs::path& path : list.videos) {
      names.push_back(path.native().substr(root_.native().size() + 1));
    }
    return names;
  }

  static std::vector<fs::path> PassedOver(const InputList& list) {
    std::vector<fs::path> paths;
    for (const InputList::PassedOver& entry : list.passed_over_names) paths.push_back(entry.path);
    return paths;
  }

  fs::path root_;
};

TEST_F(Inputs, AFolderIsWalkedAndSortedByBytes) {
  for (const char* name :
       {"b.mp4", "B.MKV", "a/z.webm", "a.mp4", "note.txt", ".hidden.mp4", ".git/x.mp4"})
    Put(name);
  Put("latin\xe9.mp4");
  Put("two\nlines.mp4");
  const auto list = Expand({root_.native()});
  ASSERT_TRUE(list.has_value());
  EXPECT_THAT(Names(*list), ElementsAre("B.MKV", "a.mp4", "a/z.webm", "b.mp4", "latin\xe9.mp4",
                                        "two\nlines.mp4"));
  EXPECT_THAT(list->warnings, IsEmpty());
  EXPECT_EQ(list->passed_over, 3);
  EXPECT_THAT(PassedOver(*list),
              ElementsAre(root_ / ".git", root_ / ".hidden.mp4", root_ / "note.txt"));
}

TEST_F(Inputs, OurOwnDocumentsAreNotCountedAsPassedOver) {
  for (const char* name : {"a.mp4", "out/.reelbatch/lock", "out/run.json", "out/local/a/x.json",
                           "out/local/a/piece.mp4", "list.txt"})
    Put(name);
  const auto list = Expand({root_.native()});
  ASSERT_TRUE(list.has_value());
  EXPECT_THAT(Names(*list), ElementsAre("a.mp4", "out/local/a/piece.mp4"));
  EXPECT_THAT(PassedOver(*list), ElementsAre(root_ / "list.txt"));
}

TEST_F(Inputs, NamesOfWhatIsPassedOverAreBounded) {
  Put("a.mp4");
  for (size_t i = 0; i < InputList::kMostNames + 5; ++i) Put(std::to_string(i) + ".txt");
  const auto list = Expand({root_.native()});
  ASSERT_TRUE(list.has_value());
  EXPECT_EQ(list->passed_over, static_cast<int64_t>(InputList::kMostNames + 5));
  EXPECT_EQ(list->passed_over_names.size(), InputList::kMostNames);
}

TEST_F(Inputs, LinksAreFollowedOnceAndLoopsEnd) {
  Put("real/clip.mp4");
  fs::create_directory_symlink("..", root_ / "real/up");
  fs::create_directory_symlink("real", root_ / "a_link");
  fs::create_symlink("self.mp4", root_ / "self.mp4");
  fs::create_symlink("real/clip.mp4", root_ / "again.mp4");
  const auto list = Expand({root_.native()});
  ASSERT_TRUE(list.has_value());
  // again.mp4 comes first by its bytes; self.mp4 cannot be opened and will fail by name.
  EXPECT_THAT(Names(*list), ElementsAre("again.mp4", "self.mp4"));
  EXPECT_EQ(list->repeats, 1);
}

TEST_F(Inputs, ALinkedFolderOutsideIsWalked) {
  Put("outside/clip.mp4");
  fs::create_directories(root_ / "in");
  fs::create_directory_symlink("../outside", root_ / "in/link");
  EXPECT_THAT(Names(*Expand({At("in")})), ElementsAre("in/link/clip.mp4"));
}

TEST_F(Inputs, NamedFilesAreTakenAsTheyAreAndOnce) {
  Put("a.mp4");
  Put("data.bin");
  const auto list =
      Expand({At("data.bin"), At("missing.mp4"), At("a.mp4"), At("./a.mp4"), root_.native()});
  ASSERT_TRUE(list.has_value());
  EXPECT_THAT(Names(*list), ElementsAre("data.bin", "missing.mp4", "a.mp4"));
  EXPECT_EQ(list->repeats, 2);
}

TEST_F(Inputs, Lists) {
  Put("a.mp4");
  Put("sub/b.mp4");
  Put("sub/#odd.mp4");
  Put("sub/list.txt", "\xef\xbb\xbf# a comment\r\n\r\n" + At("a.mp4") +
                          "\r\nb.mp4\n./#odd.mp4\nmissing.mp4\n  \n@x");
  const auto list = Expand({"@" + At("sub/list.txt")});
  ASSERT_TRUE(list.has_value());
  EXPECT_THAT(list->videos, ElementsAre(At("a.mp4"), At("sub/b.mp4"), root_ / "sub" / "./#odd.mp4",
                                        "missing.mp4", "@x"));
  EXPECT_THAT(list->lists, ElementsAre(At("sub/list.txt")));
}

TEST_F(Inputs, ListErrors) {
  const auto missing = Expand({"@" + At("none.txt")});
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code, base::Code::kInvalidArgument);
  EXPECT_THAT(missing.error().Text(), HasSubstr("none.txt: no such file"));
  Put("video.mp4", std::string_view("ftyp\0\0", 6));
  EXPECT_THAT(Expand({"@" + At("video.mp4")}).error().Text(), HasSubstr("binary file"));
  EXPECT_THAT(Expand({"@" + root_.native()}).error().Text(), HasSubstr("is a folder"));
  EXPECT_THAT(Expand({"@/dev/zero"}).error().Text(), HasSubstr("is a device"));
  Put("empty.txt", "# nothing\n");
  EXPECT_THAT(Expand({"@" + At("empty.txt")}).error().Text(), HasSubstr("has no video"));
}

TEST_F(Inputs, Patterns) {
  for (const char* name :
       {"b.mp4", "a.mp4", "c.dat", "d/e/f.mp4", "d/g.mp4", "[x].mp4", ".h/i.mp4"})
    Put(name);
  EXPECT_THAT(Names(*Expand({At("?.mp4")})), ElementsAre("a.mp4", "b.mp4"));
  EXPECT_THAT(Names(*Expand({At("**/*.mp4")})),
              ElementsAre("[x].mp4", "a.mp4", "b.mp4", "d/e/f.mp4", "d/g.mp4"));
  EXPECT_THAT(Names(*Expand({At("**")})),
              ElementsAre("[x].mp4", "a.mp4", "b.mp4", "d/e/f.mp4", "d/g.mp4"));
  EXPECT_THAT(Names(*Expand({At("*.dat")})), ElementsAre("c.dat"));
  EXPECT_THAT(Names(*Expand({At("[x].mp4")})), ElementsAre("[x].mp4"));
  EXPECT_THAT(Names(*Expand({At("d*")})), ElementsAre("d/e/f.mp4", "d/g.mp4"));
}

TEST_F(Inputs, FileAddressesArePaths) {
  Put("a b.mp4");
  Put("d/c.mp4");
  EXPECT_THAT(Names(*Expand({"file://" + root_.native() + "/a%20b.mp4"})), ElementsAre("a b.mp4"));
  EXPECT_THAT(Names(*Expand({"file:" + root_.native() + "/d"})), ElementsAre("d/c.mp4"));
  Put("list.txt", "file://localhost" + root_.native() + "/a%20b.mp4\n");
  EXPECT_THAT(Names(*Expand({"@" + At("list.txt")})), ElementsAre("a b.mp4"));
  EXPECT_EQ(Expand({"file://" + root_.native() + "/a%20b.mp4", At("a b.mp4")})->repeats, 1);
}

TEST_F(Inputs, OtherAddressesAreUnreadableInputs) {
  Put("a.mp4");
  const auto list = Expand({At("a.mp4"), "https://x.org/b.mp4", "file://host/c.mp4"});
  ASSERT_TRUE(list.has_value());
  EXPECT_THAT(Names(*list), ElementsAre("a.mp4"));
  ASSERT_EQ(list->unreadable.size(), 2U);
  EXPECT_EQ(list->unreadable[0].reason,
            "reelbatch cannot read from network addresses; download it first: curl -LO "
            "https://x.org/b.mp4");
  EXPECT_THAT(list->unreadable[1].reason, HasSubstr("another machine (host)"));
  const auto alone = Expand({"rtsp://camera/1"});
  ASSERT_FALSE(alone.has_value());
  EXPECT_EQ(alone.error().code, base::Code::kInvalidArgument);
  EXPECT_THAT(alone.error().message, HasSubstr("ffmpeg -i rtsp://camera/1"));
}

TEST_F(Inputs, PictureSequences) {
  for (const char* name : {"f/1.png", "f/2.png", "f/10.png", "one/1.png", "mixed/a.mp4",
                           "mixed/1.jpg", "mixed/2.jpg", "kinds/1.png", "kinds/2.jpg",
                           "deep/a/1.png", "deep/a/2.png", "deep/b/1.jpg", "deep/b/2.jpg"})
    Put(name);
  EXPECT_THAT(Names(*Expand({At("f/%d.png")})), ElementsAre("f/%d.png"));
  EXPECT_THAT(Names(*Expand({At("f/")})), ElementsAre("f"));
  EXPECT_THAT(Names(*Expand({At("deep")})), ElementsAre("deep/a", "deep/b"));
  EXPECT_THAT(Expand({At("f")})->notes, ElementsAre(HasSubstr("3 pictures")));
  EXPECT_FALSE(Expand({At("one")}).has_value());
  EXPECT_THAT(Expand({At("kinds")}).error().message,
              HasSubstr("pictures in several formats (.jpg, .png)"));
  const auto mixed = Expand({At("mixed")});
  EXPECT_THAT(Names(*mixed), ElementsAre("mixed/a.mp4"));
  EXPECT_EQ(mixed->passed_over, 2);
  const InputOptions rated{.picture_fps = 24};
  const auto both = ExpandInputs(std::vector<std::string>{At("mixed"), At("one")}, rated);
  ASSERT_TRUE(both.has_value());
  EXPECT_THAT(Names(*both), ElementsAre("mixed", "mixed/a.mp4", "one"));
  EXPECT_THAT(both->notes, IsEmpty());
  EXPECT_THAT(ExpandInputs(std::vector<std::string>{At("mixed/a.mp4")}, rated)->warnings,
              ElementsAre(HasSubstr("--fps has no effect")));
  Put("f/%d.png");
  EXPECT_EQ(Expand({At("f/%d.png")})->notes.size(), 0U);
}

TEST_F(Inputs, EndingsThatAreAlsoOthers) {
  Put("a/types.ts", "export type A = string;\n");
  Put("a/song.mod", std::string(1080, '\x01') + "M.K." + std::string(50, '\x02'));
  Put("a/broken.ts", std::string("\x01\x02\x03", 3));
  Put("a/raw.264");
  const auto list = Expand({At("a")});
  EXPECT_THAT(Names(*list), ElementsAre("a/broken.ts", "a/raw.264"));
  ASSERT_EQ(list->passed_over_names.size(), 2U);
  EXPECT_THAT(list->passed_over_names[0].reason, HasSubstr("tracker music"));
  EXPECT_THAT(list->passed_over_names[1].reason, HasSubstr("TypeScript"));
  EXPECT_THAT(Names(*Expand({At("a/types.ts")})), ElementsAre("a/types.ts"));
  EXPECT_THAT(Names(*Expand({At("a/*.ts")})), ElementsAre("a/broken.ts"));
}

TEST_F(Inputs, RelativePathsDoNotDependOnWhereTheFolderLies) {
  for (const char* name : {"clips/day1/cam.mp4", "clips/day2/cam.mp4", "named.mp4"}) Put(name);
  std::ofstream(root_ / "clips/list.txt") << "day1/cam.mp4\n./day1/../day2/cam.mp4\nday1\n";
  const std::string one = "clips/day1/cam.mp4";
  const std::string two = "clips/day2/cam.mp4";
  const auto relative_paths = [&](const std::vector<std::string>& arguments) {
    const auto list = Expand(arguments);
    EXPECT_EQ(list->relative_paths.size(), list->videos.size());
    return list->relative_paths;
  };
  EXPECT_THAT(relative_paths({At("clips")}), ElementsAre(one, two));
  EXPECT_THAT(relative_paths({At("clips/")}), ElementsAre(one, two));
  EXPECT_THAT(relative_paths({At("clips/./")}), ElementsAre(one, two));
  EXPECT_THAT(relative_paths({At("clips/**/*.mp4")}), ElementsAre(one, two));
  EXPECT_THAT(relative_paths({At("clips//day?/cam.mp4")}), ElementsAre(one, two));
  EXPECT_THAT(relative_paths({"@" + At("clips/list.txt")}), ElementsAre(one, two));
  EXPECT_THAT(relative_paths({At("clips/day2"), At("named.mp4"), At("clips/day1")}),
              ElementsAre("day2/cam.mp4", "", "day1/cam.mp4"));
  const auto list = Expand({At("clips/day2"), At("named.mp4")});
  const std::vector<store::SourceInput> sources = SourcesOf(*list);
  ASSERT_EQ(sources.size(), 2U);
  EXPECT_EQ(sources[0].path, At("clips/day2/cam.mp4"));
  EXPECT_EQ(sources[0].relative_path, "day2/cam.mp4");
  EXPECT_EQ(sources[1].relative_path, "");
}

TEST_F(Inputs, OneFileUnderManyNamesIsOneInput) {
  Put("real/a.mp4");
  Put("real/b.mp4");
  fs::create_directory_symlink("real", root_ / "linked");
  fs::create_symlink("../real/a.mp4", root_ / "real/again.mp4");
  const auto list =
      Expand({At("linked/a.mp4"), At("real/a.mp4"), At("real/../real/a.mp4"), At("real/again.mp4"),
              At("linked/b.mp4"), At("missing/a.mp4"), At("missing/./a.mp4"), At("linked")});
  ASSERT_TRUE(list.has_value());
  EXPECT_THAT(Names(*list), ElementsAre("linked/a.mp4", "linked/b.mp4", "missing/a.mp4"));
  EXPECT_EQ(list->repeats, 7);
}

TEST_F(Inputs, NothingToDoNamesWhy) {
  EXPECT_EQ(Expand({}).error().code, base::Code::kInvalidArgument);
  fs::create_directories(root_ / "empty");
  const auto nothing = Expand({At("empty"), At("*.mp4")});
  ASSERT_FALSE(nothing.has_value());
  EXPECT_EQ(nothing.error().code, base::Code::kInvalidArgument);
  EXPECT_THAT(nothing.error().message, HasSubstr("empty: the folder has no video files"));
  EXPECT_THAT(nothing.error().message, HasSubstr("no video file matches"));
  Put("one/a.png");
  EXPECT_THAT(
      Expand({At("one")}).error().message,
      HasSubstr("one: the folder has no video files; with --fps F, a single picture is read"));
  Put("kinds/a.png");
  Put("kinds/b.jpg");
  EXPECT_THAT(
      Expand({At("kinds")}).error().message,
      AllOf(HasSubstr("has pictures in several formats"), Not(HasSubstr("no video files"))));
  Put("a.mp4");
  const auto some = Expand({At("empty"), At("a.mp4")});
  ASSERT_TRUE(some.has_value());
  EXPECT_EQ(some->warnings.size(), 1U);
}

}  // namespace
}  // namespace reelbatch::app
