#include "components/transnetv2/window.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace reelbatch::components::transnetv2 {
namespace {

/// A frame that can be told from others: its number in every pair of bytes.
Frame FrameOf(int number) {
  Frame frame;
  for (size_t k = 0; k < frame.size(); ++k)
    frame[k] = std::byte(k % 2 == 0 ? number % 256 : number / 256);
  return frame;
}

using Numbers = std::vector<int>;

Numbers NumbersIn(const Bytes& window) {
  Numbers numbers;
  for (size_t at = 0; at + kFrameBytes <= window.size(); at += kFrameBytes) {
    const int number =
        std::to_integer<int>(window[at]) + 256 * std::to_integer<int>(window[at + 1]);
    const Frame expected = FrameOf(number);
    EXPECT_EQ(std::memcmp(&window[at], expected.data(), kFrameBytes), 0);
    numbers.push_back(number);
  }
  return numbers;
}

std::vector<Numbers> WindowsOf(int frames) {
  std::vector<Numbers> windows;
  WindowMaker maker([&](const Bytes& window) {
    EXPECT_EQ(window.size(), kWindowBytes);
    windows.push_back(NumbersIn(window));
    return true;
  });
  for (int k = 0; k < frames; ++k) maker.Push(FrameOf(k));
  maker.Finish();
  return windows;
}

/// The published rule as it is written there: the whole padded list first, then slices of it.
std::vector<Numbers> WindowsByPaddedList(int frames) {
  if (frames == 0) return {};
  Numbers padded(25, 0);
  for (int k = 0; k < frames; ++k) padded.push_back(k);
  const int behind = 25 + 50 - (frames % 50 != 0 ? frames % 50 : 50);
  padded.insert(padded.end(), static_cast<size_t>(behind), frames - 1);
  std::vector<Numbers> windows;
  for (size_t at = 0; at + 100 <= padded.size(); at += 50) {
    windows.emplace_back(padded.begin() + static_cast<ptrdiff_t>(at),
                         padded.begin() + static_cast<ptrdiff_t>(at + 100));
  }
  return windows;
}

TEST(TransNetV2Windows, AreThoseOfThePublishedRuleForEveryLength) {
  for (int frames = 0; frames <= 330; ++frames) {
    const std::vector<Numbers> windows = WindowsOf(frames);
    ASSERT_EQ(windows, WindowsByPaddedList(frames)) << frames << " frames";
    ASSERT_EQ(WindowCount(frames), static_cast<int64_t>(windows.size())) << frames << " frames";
  }
}

TEST(TransNetV2Windows, CountOneForEveryFiftyFrames) {
  EXPECT_EQ(WindowCount(0), 0);
  EXPECT_EQ(WindowCount(1), 1);
  EXPECT_EQ(WindowCount(49), 1);
  EXPECT_EQ(WindowCount(50), 1);
  EXPECT_EQ(WindowCount(51), 2);
}

TEST(TransNetV2Windows, OfOneFrameAreOneOfItsCopies) {
  const std::vector<Numbers> windows = WindowsOf(1);
  ASSERT_EQ(windows.size(), 1U);
  EXPECT_EQ(windows[0], Numbers(100, 0));
}

TEST(TransNetV2Windows, LeaveAsSoonAsTheirLastFrameIsThere) {
  int windows = 0;
  WindowMaker maker([&](const Bytes&) {
    ++windows;
    return true;
  });
  for (int k = 0; k < 74; ++k) maker.Push(FrameOf(k));
  EXPECT_EQ(windows, 0);
  maker.Push(FrameOf(74));
  EXPECT_EQ(windows, 1);
}

TEST(TransNetV2Windows, EndWhereNobodyWantsThem) {
  int windows = 0;
  WindowMaker maker([&](const Bytes&) {
    ++windows;
    return false;
  });
  for (int k = 0; k < 500; ++k) maker.Push(FrameOf(k));
  maker.Finish();
  EXPECT_EQ(windows, 1);
}

}  // namespace
}  // namespace reelbatch::components::transnetv2
