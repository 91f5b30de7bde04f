#include "media/rate_estimate.h"

#include <gmock/gmock.h>

#include <cmath>
#include <random>
#include <string>
#include <vector>

namespace reelbatch::media {
namespace {

using contracts::Rational;
using testing::AnyOf;

constexpr Rational kNone{0, 1};
constexpr std::array<Rational, 2> kNoWitness = {kNone, kNone};
constexpr double kMs = 0.001;
constexpr double kTick = 1.0 / 90000;

/// Times of `count` frames at a rate, as a container with ticks of `tick_s` keeps them.
std::vector<double> Times(Rational rate, int count, double tick_s, double start_s = 0) {
  std::vector<double> times;
  for (int i = 0; i < count; ++i) {
    const double exact_s = start_s + i / rate.value();
    times.push_back(std::round(exact_s / tick_s) * tick_s);
  }
  return times;
}

Rational RateOf(const std::vector<double>& times, double tick_s,
                const std::array<Rational, 2>& witnesses = kNoWitness) {
  RateEstimate estimate(tick_s);
  for (const double time_s : times) estimate.Add(time_s, true);
  return estimate.Estimate(witnesses);
}

std::string Text(Rational rate) {
  return std::to_string(rate.num) + "/" + std::to_string(rate.den);
}

TEST(RateEstimate, FindsTheStandardRatesInEveryRounding) {
  for (const Rational rate : {Rational{24000, 1001},
                              {24, 1},
                              {25, 1},
                              {30000, 1001},
                              {30, 1},
                              {48, 1},
                              {50, 1},
                              {60000, 1001},
                              {60, 1},
                              {100, 1},
                              {120000, 1001},
                              {120, 1},
                              {240, 1},
                              {25, 2},
                              {15, 1},
                              {10, 1},
                              {5, 1},
                              {1, 1},
                              {1, 2}}) {
    for (const double tick_s : {kMs, 1.0 / 90000, 1.0 / 15360, 1e-6, 1.0 / 600}) {
      if (rate.value() * tick_s > 0.3) continue;
      for (const int count : {200, 5000}) {
        for (const double start_s : {0.0, 1.4, 100000.123}) {
          EXPECT_EQ(Text(RateOf(Times(rate, count, tick_s, start_s), tick_s)), Text(rate))
              << "tick " << tick_s << " count " << count << " start " << start_s;
        }
      }
    }
  }
}

TEST(RateEstimate, KeepsMillisecondsThatWereRemuxed) {
  for (const Rational rate :
       {Rational{24000, 1001}, {24, 1}, {30000, 1001}, {30, 1}, {60000, 1001}, {60, 1}}) {
    std::vector<double> times = Times(rate, 200, kMs);
    for (double& time_s : times) time_s = std::round(time_s * 15360) / 15360;
    EXPECT_EQ(Text(RateOf(times, 1.0 / 15360)), Text(rate));
  }
}

TEST(RateEstimate, KeepsOtherRatesAsTheyAre) {
  EXPECT_EQ(Text(RateOf(Times({299, 10}, 400, kTick), kTick)), "299/10");
  EXPECT_EQ(Text(RateOf(Times({1199, 50}, 2000, kTick), kTick, {Rational{1199, 50}, kNone})),
            "1199/50");
  EXPECT_NEAR(RateOf(Times({137, 10}, 400, kMs), kMs).value(), 13.7, 1e-3);
  EXPECT_EQ(Text(RateOf(Times({59, 2}, 89, 2.0 / 59), 2.0 / 59)), "59/2");
  EXPECT_EQ(Text(RateOf(Times({7, 1}, 400, kMs), kMs)), "7/1");
  EXPECT_EQ(Text(RateOf(Times({1, 15}, 20, kMs), kMs)), "1/15");
  EXPECT_EQ(Text(RateOf(Times({1000, 1}, 500, 1.0 / 16000), 1.0 / 16000)), "1000/1");
}

TEST(RateEstimate, MissingFramesStandOnTheGrid) {
  const std::vector<double> all = Times({30, 1}, 1800, kMs);
  std::vector<double> times;
  for (size_t i = 0; i < all.size(); ++i) {
    if (i % 60 != 0) times.push_back(all[i]);
  }
  EXPECT_EQ(Text(RateOf(times, kMs)), "30/1");
  std::vector<double> decimated;
  for (size_t i = 0; i < all.size(); ++i) {
    if (i % 5 != 4) decimated.push_back(all[i]);
  }
  EXPECT_EQ(Text(RateOf(decimated, kMs)), "30/1");
}

TEST(RateEstimate, LateFramesStandOnTheGrid) {
  std::vector<double> times = Times({30, 1}, 240, 1.0 / 15360);
  for (size_t i = 120; i < times.size(); ++i) times[i] += 1.0 / 30;
  EXPECT_EQ(Text(RateOf(times, 1.0 / 15360)), "30/1");
  std::vector<double> jitter = Times({30, 1}, 240, kTick);
  jitter[100] += 0.009;
  EXPECT_EQ(Text(RateOf(jitter, kTick)), "30/1");
  std::vector<double> pauses = Times({30000, 1001}, 400, kMs);
  for (size_t i = 100; i < pauses.size(); ++i) pauses[i] += 3.217;
  for (size_t i = 300; i < pauses.size(); ++i) pauses[i] += 0.3111;
  EXPECT_EQ(Text(RateOf(pauses, kMs)), "30000/1001");
}

TEST(RateEstimate, VariableTimesHaveNoRate) {
  std::mt19937 dice(5);
  std::uniform_real_distribution<double> gap(0.028, 0.039);
  std::uniform_real_distribution<double> screen(0.016, 0.9);
  std::vector<double> phone;
  std::vector<double> recording;
  double phone_s = 0;
  double recording_s = 0;
  for (int i = 0; i < 600; ++i) {
    phone.push_back(phone_s += gap(dice));
    recording.push_back(std::round((recording_s += screen(dice)) * 1000) / 1000);
  }
  EXPECT_EQ(RateOf(phone, kTick), kNone);
  EXPECT_EQ(RateOf(recording, kMs), kNone);
  // Half film, half video: neither stands on the other's grid.
  std::vector<double> mixed = Times({24, 1}, 200, kMs);
  for (int i = 0; i < 200; ++i) mixed.push_back(mixed.back() + 1.0 / 30);
  EXPECT_EQ(RateOf(mixed, kMs), kNone);
}

TEST(RateEstimate, FilmInFieldsStandsOnTheGridOfFields) {
  std::vector<double> times;
  double fields = 0;
  for (int i = 0; i < 200; ++i) {
    times.push_back(std::round(fields * 1001 / 60000 * 90000) / 90000);
    fields += i % 2 == 0 ? 2 : 3;
  }
  EXPECT_EQ(Text(RateOf(times, kTick)), "60000/1001");
}

TEST(RateEstimate, WitnessesDecideWhereTimesCannot) {
  EXPECT_EQ(RateOf({5}, kMs), kNone);
  EXPECT_EQ(Text(RateOf({5}, kMs, {Rational{2997, 100}, kNone})), "30000/1001");
  EXPECT_EQ(Text(RateOf({}, kMs, {kNone, Rational{24, 1}})), "24/1");
  const std::vector<double> two = {0, 0.033};
  EXPECT_EQ(Text(RateOf(two, kMs, {Rational{30, 1}, kNone})), "30/1");
  EXPECT_EQ(Text(RateOf(two, kMs, {Rational{30000, 1001}, Rational{30, 1}})), "30000/1001");
  EXPECT_THAT(Text(RateOf(two, kMs, {Rational{71, 25}, kNone})), AnyOf("30/1", "30000/1001"));
  // A container's word does not stand against what is seen.
  EXPECT_EQ(Text(RateOf(Times({30, 1}, 300, kMs), kMs, {Rational{30000, 1001}, Rational{25, 1}})),
            "30/1");
}

TEST(RateEstimate, LongFilesSeparateNeighboursWithWitnessesThatLie) {
  const std::array<Rational, 2> lie = {Rational{24, 1}, Rational{24, 1}};
  EXPECT_EQ(Text(RateOf(Times({24000, 1001}, 100000, kMs), kMs, lie)), "24000/1001");
}

}  // namespace
}  // namespace reelbatch::media
