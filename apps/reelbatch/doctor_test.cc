#include "apps/reelbatch/doctor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace reelbatch::app {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

TEST(Doctor, SaysWhatTheContainerAllows) {
  measure::Machine machine;
  machine.cores_online = 8;
  machine.cores_allowed = 2;
  machine.cpu_quota = 1.5;
  machine.memory_total = int64_t{8} << 30;
  machine.memory_available = int64_t{256} << 20;
  machine.memory_limit = int64_t{1} << 30;
  const auto findings = ExamineMachine(machine, "avx2");
  EXPECT_EQ(findings.at(1).detail, "2 of 8 (quota of this container: 1.5)");
  EXPECT_EQ(findings.at(2).detail,
            "256 MiB available of 8.0 GiB (limit of this container: 1.0 GiB)");
  EXPECT_EQ(findings.at(2).health, Health::kPoor);
  EXPECT_THAT(findings.at(2).remedy, HasSubstr("--videos-in-flight 1"));
}

TEST(Doctor, LooksAtTheNearestFolderThatExists) {
  const fs::path folder = fs::path(testing::TempDir()) / "doctor_out";
  fs::create_directories(folder);
  const Finding below = ExamineOut(folder / "not" / "there");
  EXPECT_NE(below.health, Health::kMissing);
  EXPECT_THAT(below.detail, HasSubstr("doctor_out can be written"));
  std::ofstream(folder / "file") << "x";
  const Finding file = ExamineOut(folder / "file");
  EXPECT_EQ(file.health, Health::kMissing);
  EXPECT_THAT(file.detail, HasSubstr("is not a folder"));
  EXPECT_FALSE(file.remedy.empty());
  fs::remove_all(folder);
}

TEST(Doctor, NamesTheLibraries) {
  const auto findings = ExamineLibraries();
  EXPECT_EQ(findings.at(0).name, "FFmpeg");
  EXPECT_THAT(findings.at(0).detail, HasSubstr("libavcodec"));
  EXPECT_THAT(findings.at(1).detail, HasSubstr("mjpeg"));
}

}  // namespace
}  // namespace reelbatch::app
