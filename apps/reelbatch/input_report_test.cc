#include "apps/reelbatch/input_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reelbatch::app {
namespace {

std::string Told(const InputList& inputs, const CommonOptions& options) {
  Console console("reelbatch run");
  console.Configure(options);
  testing::internal::CaptureStderr();
  TellInputs(inputs, console);
  return testing::internal::GetCapturedStderr();
}

TEST(InputReport, CountsWhatWasPassedOverAndNamesItOnWish) {
  InputList inputs;
  EXPECT_EQ(Told(inputs, {.verbosity = 1}), "");
  inputs.passed_over = 3;
  inputs.passed_over_names = {{"a/.hidden.mp4"}, {"a/two words.txt"}};
  EXPECT_EQ(
      Told(inputs, {}),
      "3 entries were left out: hidden, or without the file extension of a video; -v lists them\n");
  EXPECT_EQ(Told(inputs, {.verbosity = 1}),
            "3 entries were left out: hidden, or without the file extension of a video\n"
            "left out  a/.hidden.mp4\n"
            "left out  'a/two words.txt'\n"
            "left out  1 more\n");
  EXPECT_EQ(Told(inputs, {.quiet = true}), "");
  inputs.passed_over = 1;
  EXPECT_THAT(Told(inputs, {}), testing::StartsWith("1 entry was left out: hidden"));
}

}  // namespace
}  // namespace reelbatch::app
