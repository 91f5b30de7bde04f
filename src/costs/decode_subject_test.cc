#include "costs/decode_subject.h"

#include <gtest/gtest.h>

namespace reelbatch::costs {
namespace {

TEST(DecodeSubject, ALoopFilterIsAKnobOfDecoding) {
  EXPECT_FALSE(
      contracts::SameKnobs(DecodeSubject("h264", true).knobs, DecodeSubject("h264", false).knobs));
}

}  // namespace
}  // namespace reelbatch::costs
