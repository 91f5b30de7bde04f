#include "runtime/fault.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace reelbatch::runtime {
namespace {

using base::Code;
using contracts::FaultCode;

FaultCode Of(Code code, Blame blame) { return FaultOf({.code = code, .message = "m"}, blame).code; }

TEST(Fault, EveryCodeHasItsFault) {
  EXPECT_EQ(Of(Code::kCorrupt, Blame::kVideo), FaultCode::kVideoUnreadable);
  EXPECT_EQ(Of(Code::kIo, Blame::kVideo), FaultCode::kVideoUnreadable);
  EXPECT_EQ(Of(Code::kInvalidArgument, Blame::kVideo), FaultCode::kVideoUnreadable);
  EXPECT_EQ(Of(Code::kUnavailable, Blame::kVideo), FaultCode::kVideoUnreadable);
  EXPECT_EQ(Of(Code::kDeadline, Blame::kVideo), FaultCode::kDecoderStuck);
  EXPECT_EQ(Of(Code::kOutOfMemory, Blame::kVideo), FaultCode::kInsufficientMemory);
  EXPECT_EQ(Of(Code::kContract, Blame::kVideo), FaultCode::kComponentFailed);
  EXPECT_EQ(Of(Code::kInternal, Blame::kVideo), FaultCode::kComponentFailed);
  EXPECT_EQ(Of(Code::kNotMeasured, Blame::kVideo), FaultCode::kComponentFailed);
  EXPECT_EQ(Of(Code::kCancelled, Blame::kVideo), FaultCode::kComponentFailed);
}

TEST(Fault, AComponentIsNotTheVideo) {
  EXPECT_EQ(Of(Code::kCorrupt, Blame::kComponent), FaultCode::kComponentFailed);
  EXPECT_EQ(Of(Code::kInvalidArgument, Blame::kComponent), FaultCode::kComponentFailed);
  EXPECT_EQ(Of(Code::kOutOfMemory, Blame::kComponent), FaultCode::kInsufficientMemory);
}

TEST(Fault, TheReasonIsOneLine) {
  const auto fault =
      FaultOf({.code = Code::kIo, .message = "bad\nthing\t!\n", .context = "a.mp4"}, Blame::kVideo);
  EXPECT_EQ(fault.reason, "a.mp4: bad thing !");
  EXPECT_EQ(FaultOf({.code = Code::kIo, .message = ""}, Blame::kVideo).reason,
            base::CodeName(Code::kIo));
}

TEST(Fault, ExceptionsBecomeErrors) {
  const auto memory = Guarded([]() -> base::Status { throw std::bad_alloc(); });
  EXPECT_EQ(memory.error().code, Code::kOutOfMemory);
  const auto other = Guarded([]() -> base::Result<int> { throw std::runtime_error("boo"); });
  EXPECT_EQ(other.error().code, Code::kInternal);
  EXPECT_EQ(other.error().message, "unexpected exception: boo");
  const auto odd = Guarded([]() -> base::Result<int> { throw 3; });
  EXPECT_EQ(odd.error().code, Code::kInternal);
  EXPECT_EQ(Guarded([]() -> base::Result<int> { return 4; }).value(), 4);
}

}  // namespace
}  // namespace reelbatch::runtime
