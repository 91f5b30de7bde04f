#include "contracts/batch_failure.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace reelbatch::contracts {
namespace {

constexpr std::array<std::pair<FailureClass, std::string_view>, 11> kNames = {{
    {FailureClass::kCapacity, "capacity"},
    {FailureClass::kHostMemory, "host_memory"},
    {FailureClass::kAbsurdSize, "absurd_size"},
    {FailureClass::kPoisoned, "poisoned"},
    {FailureClass::kUnavailable, "unavailable"},
    {FailureClass::kInput, "input"},
    {FailureClass::kBatchLimit, "batch_limit"},
    {FailureClass::kBadRequest, "bad_request"},
    {FailureClass::kBadResponse, "bad_response"},
    {FailureClass::kStuck, "stuck"},
    {FailureClass::kOther, "other"},
}};

/// Lower case: texts are compared so. Host words first: "DefaultCPUAllocator: can't allocate
/// memory" is RAM.
constexpr std::array<std::string_view, 6> kHostWords = {
    "bad_alloc",           "memoryerror",           "cannot allocate memory",
    "defaultcpuallocator", "can't allocate memory", "unable to allocate"};
constexpr std::array<std::string_view, 6> kDeviceWords = {
    "out of memory",  // also CUDA's and PyTorch's own
    "cuda_error_out_of_memory",
    "cudaerrormemoryallocation",
    "cublas_status_alloc_failed",
    "cudnn_status_alloc_failed",
    "failed to allocate memory"};

/// No machine has that much: 2^50 bytes.
constexpr double kAnyMachineBytes = 1125899906842624.0;

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& letter : lower) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return lower;
}

template <size_t N>
bool HasOneOf(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::ranges::any_of(
      words, [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

double UnitBytes(std::string_view after) {
  after.remove_prefix(std::min(after.find_first_not_of(' '), after.size()));
  constexpr std::array<std::pair<std::string_view, double>, 8> kUnits = {{{"kib", 1024.0},
                                                                          {"mib", 1048576.0},
                                                                          {"gib", 1073741824.0},
                                                                          {"tib", 1099511627776.0},
                                                                          {"kb", 1e3},
                                                                          {"mb", 1e6},
                                                                          {"gb", 1e9},
                                                                          {"tb", 1e12}}};
  for (const auto& [unit, bytes] : kUnits) {
    if (after.starts_with(unit)) return bytes;
  }
  return 1;
}

/// The first number behind "allocate", in bytes; 0: none.
double SizeAskedFor(std::string_view lower) {
  const size_t word = lower.find("allocate");
  if (word == std::string_view::npos) return 0;
  const size_t digit = lower.find_first_of("0123456789", word);
  if (digit == std::string_view::npos) return 0;
  const char* const end = lower.data() + lower.size();
  double number = 0;
  const auto [rest, error] = std::from_chars(lower.data() + digit, end, number);
  if (error != std::errc() || !std::isfinite(number)) return 0;
  return number * UnitBytes({rest, static_cast<size_t>(end - rest)});
}

}  // namespace

std::string_view FailureClassName(FailureClass failure) {
  return std::ranges::find(kNames, failure, &std::pair<FailureClass, std::string_view>::first)
      ->second;
}

std::optional<FailureClass> FailureClassOf(std::string_view name) {
  const auto* const found =
      std::ranges::find(kNames, name, &std::pair<FailureClass, std::string_view>::second);
  if (found == kNames.end()) return std::nullopt;
  return found->first;
}

bool IsOutOfMemory(FailureClass failure) {
  return failure == FailureClass::kCapacity || failure == FailureClass::kHostMemory;
}

std::optional<FailureClass> ClassifyMemoryText(std::string_view text, uint64_t device_bytes) {
  const std::string lower = Lower(text);
  const bool host = HasOneOf(lower, kHostWords);
  const double asked = SizeAskedFor(lower);
  // "failed to allocate 4547406516732812544 bytes": of memory only where a size stands there.
  const bool sized = asked > 0 && lower.find("failed to allocate") != std::string::npos;
  if (!host && !sized && !HasOneOf(lower, kDeviceWords)) return std::nullopt;
  const double most = device_bytes > 0 ? static_cast<double>(device_bytes) : kAnyMachineBytes;
  if (asked > most) return FailureClass::kAbsurdSize;
  return host ? FailureClass::kHostMemory : FailureClass::kCapacity;
}

}  // namespace reelbatch::contracts
