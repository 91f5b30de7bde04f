#include "contracts/frame_rates.h"

#include <array>
#include <cmath>

namespace reelbatch::contracts {
namespace {

constexpr std::array<Rational, 40> kStandardRates = {{
    {24000, 1001}, {24, 1},  {25, 1},       {30000, 1001},  {30, 1},   {48, 1},  {50, 1},
    {60000, 1001}, {60, 1},  {100, 1},      {120000, 1001}, {120, 1},  {240, 1}, {240000, 1001},
    {48000, 1001}, {15, 1},  {15000, 1001}, {25, 2},        {10, 1},   {12, 1},  {12000, 1001},
    {20, 1},       {8, 1},   {6, 1},        {5, 1},         {4, 1},    {3, 1},   {2, 1},
    {1, 1},        {1, 2},   {15, 2},       {72, 1},        {75, 1},   {90, 1},  {144, 1},
    {200, 1},      {300, 1}, {480, 1},      {500, 1},       {1000, 1},
}};
constexpr double kSnapShare = 2e-4;

}  // namespace

std::span<const Rational> StandardFrameRates() { return kStandardRates; }

Rational SnappedRate(const Rational& rate) {
  for (const Rational& standard : kStandardRates) {
    if (std::fabs(rate.value() / standard.value() - 1) < kSnapShare) return standard;
  }
  return rate;
}

}  // namespace reelbatch::contracts
