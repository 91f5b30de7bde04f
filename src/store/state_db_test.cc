#include "store/state_db.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/test_support.h"

namespace reelbatch::store {
namespace {

using base::Code;
using ::testing::HasSubstr;
using testing::TempFolder;

const base::ManualClock kClock;

std::unique_ptr<StateDb> OpenGood(const std::filesystem::path& path) {
  auto opened = StateDb::Open(path, kClock);
  EXPECT_TRUE(opened) << opened.error().Text();
  return std::move(opened->db);
}

void ExecuteOn(const std::filesystem::path& path, const char* sql) {
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sql;
  sqlite3_close(database);
}

TEST(StateDb, RemembersVideos) {
  const TempFolder temp;
  const auto file = temp.path() / "state.db";
  const std::filesystem::path odd("/v/\xFF\n.mp4");
  {
    const auto state = OpenGood(file);
    ASSERT_TRUE(state->AddVideo(odd, "Odd"));
    ASSERT_TRUE(state->AddVideo(odd, "other"));
    ASSERT_TRUE(state->SaveContent(odd, SourceStat{1, 2, 3, 4}, "abc"));
    ASSERT_TRUE(state->SaveState(odd, {contracts::VideoStatus::kError, "video_unreadable",
                                       "why \xFF", 0, 0, DecodeFacts{5, 6, 1, true}, true}));
  }
  auto opened = StateDb::Open(file, kClock);
  ASSERT_TRUE(opened);
  EXPECT_FALSE(opened->fresh);
  const auto row = opened->db->Find(odd).value();
  ASSERT_TRUE(row);
  EXPECT_EQ(row->path, odd);
  EXPECT_EQ(row->video_id, "Odd");
  EXPECT_EQ(row->stat, (SourceStat{1, 2, 3, 4}));
  EXPECT_EQ(row->sha256, "abc");
  EXPECT_EQ(row->state.status, contracts::VideoStatus::kError);
  EXPECT_EQ(row->state.reason, "why \xEF\xBF\xBD");
  EXPECT_EQ(row->state.decode->frames_decoded, 5);
  EXPECT_EQ(row->state.decode->frames_expected, 6);
  EXPECT_TRUE(row->state.decode->damaged);
  EXPECT_TRUE(row->state.kept_earlier_result);
  EXPECT_TRUE(opened->db->IdInUse("odd").value());
  EXPECT_FALSE(opened->db->IdInUse("other").value());
  EXPECT_TRUE(opened->db->StemInUse("__").value());
  EXPECT_FALSE(opened->db->Find("/v/other").value());
  ASSERT_TRUE(opened->db->SaveContent(odd, std::nullopt, ""));
  EXPECT_FALSE(opened->db->Find(odd).value()->stat);
}

TEST(StateDb, KnowsTheInputsOfTheRun) {
  const TempFolder temp;
  const auto state = OpenGood(temp.path() / "state.db");
  for (const char* name : {"/b", "/a", "/c"}) ASSERT_TRUE(state->AddVideo(name, name + 1));
  ASSERT_TRUE(state->AddToRun("/c", "old"));
  ASSERT_TRUE(state->ClearRun());
  ASSERT_TRUE(state->AddToRun("/b", "h"));
  ASSERT_TRUE(state->AddToRun("/a", "h"));
  std::string seen;
  ASSERT_TRUE(state->ForEachInRun([&](const VideoRow& row) { seen += row.path.native(); }));
  EXPECT_EQ(seen, "/a/b");
}

TEST(StateDb, RollsBack) {
  const TempFolder temp;
  const auto state = OpenGood(temp.path() / "state.db");
  ASSERT_TRUE(state->Begin());
  ASSERT_TRUE(state->AddVideo("/a", "a"));
  state->Rollback();
  EXPECT_FALSE(state->Find("/a").value());
  state->Rollback();
}

TEST(StateDb, ADamagedOneIsMovedAside) {
  const TempFolder temp;
  const auto file = temp.path() / "state.db";
  {
    ASSERT_TRUE(OpenGood(file)->AddVideo("/a", "a"));
  }
  const std::string good = testing::Slurp(file);
  const std::string garbled = good.substr(0, 4096) + std::string(good.size() - 4096, '\x5A');
  for (const std::string& content :
       {std::string("this is no database, and long enough to be seen as one ..."),
        good.substr(0, good.size() / 2), garbled}) {
    temp.Write("state.db", content);
    const auto opened = StateDb::Open(file, kClock);
    ASSERT_TRUE(opened) << opened.error().Text();
    EXPECT_TRUE(opened->fresh);
    EXPECT_EQ(testing::Slurp(temp.path() / "state.db.damaged"), content);
  }
}

TEST(StateDb, AnEmptyFileIsFresh) {
  const TempFolder temp;
  const auto opened = StateDb::Open(temp.Write("state.db", ""), kClock);
  ASSERT_TRUE(opened);
  EXPECT_TRUE(opened->fresh);
}

TEST(StateDb, RefusesOtherProgramsAndNewerVersions) {
  const TempFolder temp;
  const auto other = temp.path() / "other.db";
  ExecuteOn(other, "CREATE TABLE x (y)");
  EXPECT_EQ(StateDb::Open(other, kClock).error().code, Code::kInvalidArgument);
  EXPECT_THAT(StateDb::Open(other, kClock).error().Text(),
              HasSubstr("database of another program"));
  const auto newer = temp.path() / "newer.db";
  OpenGood(newer).reset();
  ExecuteOn(newer, "PRAGMA user_version = 7");
  const auto refused = StateDb::Open(newer, kClock);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kInvalidArgument);
  EXPECT_THAT(refused.error().Text(), HasSubstr("version 7, made by a newer reelbatch"));
}

TEST(StateDb, TakesOverVersionOne) {
  const TempFolder temp;
  const auto file = temp.path() / "state.db";
  {
    ASSERT_TRUE(OpenGood(file)->AddVideo("/a", "a"));
  }
  for (const char* column :
       {"frames_decoded", "frames_expected", "decode_errors", "damaged", "kept_earlier"}) {
    ExecuteOn(file, (std::string("ALTER TABLE videos DROP COLUMN ") + column).c_str());
  }
  ExecuteOn(file, "PRAGMA user_version = 1");
  EXPECT_EQ(OpenGood(file)->Find("/a").value()->video_id, "a");
}

TEST(StateDb, SaysWhyItCannotBeOpened) {
  const TempFolder temp;
  EXPECT_EQ(StateDb::Open(temp.path() / "missing" / "state.db", kClock).error().code, Code::kIo);
}

}  // namespace
}  // namespace reelbatch::store
