#include "apps/reelbatch/crop_option.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reelbatch::app {
namespace {

using testing::HasSubstr;

std::string ErrorOf(const std::string& text) {
  const auto crop = ParseCrop(text);
  if (crop) return "";
  EXPECT_EQ(crop.error().code, base::Code::kInvalidArgument);
  return crop.error().message;
}

TEST(CropOption, ReadsFourNumbers) {
  EXPECT_EQ(ParseCrop("0:60:640:240"),
            (contracts::CropRect{.x = 0, .y = 60, .width = 640, .height = 240}));
  EXPECT_EQ(ParseCrop("7:1:16:16384"),
            (contracts::CropRect{.x = 7, .y = 1, .width = 16, .height = 16384}));
}

TEST(CropOption, SaysWhatIsWrongAndTheOrder) {
  for (const char* text : {"",
                           ":",
                           "640:240",
                           "0:60:640",
                           "0:60:640:240:1",
                           "0:60:640:240:",
                           "0x60x640x240",
                           "-1:0:64:64",
                           "0:-1:64:64",
                           "0:0:0:64",
                           "0:0:64:0",
                           "0:0:15:64",
                           "0:0:64:-64",
                           "0:0:16385:64",
                           "a:b:c:d",
                           "0:0:64:64.5",
                           "0:0:64:64px",
                           " 0:0:64:64",
                           "0:0:64:",
                           "0:0:99999999999:64",
                           "1e2:0:64:64",
                           "+1:0:64:64",
                           "iw:ih:0:0"}) {
    EXPECT_THAT(ErrorOf(text), HasSubstr("X:Y:W:H")) << text;
    EXPECT_THAT(ErrorOf(text), HasSubstr("W:H:X:Y")) << text;
  }
  EXPECT_THAT(ErrorOf("640:240"), HasSubstr("has 2 of 4 numbers"));
  EXPECT_THAT(ErrorOf("640:240:0:0"),
              HasSubstr("W '0' is out of range; use a whole number from 16"));
  EXPECT_THAT(ErrorOf("0:x:64:64"), HasSubstr("Y 'x' is not a whole number"));
}

}  // namespace
}  // namespace reelbatch::app
