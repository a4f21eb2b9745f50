# portico_llvm: LLVM and MLIR, for whatever contains the compiler.
#
# Development links Debian's shared libraries: a link takes seconds. A wheel links the
# archives (PORTICO_STATIC_LLVM), of which it needs a fifth: it then runs where there is
# no LLVM, and beside another LLVM in the same process.
add_library(portico_llvm INTERFACE)

if(NOT PORTICO_STATIC_LLVM)
  target_link_libraries(portico_llvm INTERFACE MLIR LLVM)
  return()
endif()

# The archives themselves: the CMake targets of Debian's static libraries lead back to
# the shared ones.
file(GLOB mlir_archives ${LLVM_LIBRARY_DIR}/libMLIR*.a)
list(FILTER mlir_archives EXCLUDE REGEX "Test|CAPI")
set(llvm_components native nvptx amdgpu spirv passes lto dtlto option perfjitevents frontendopenmp
    frontendoffloading bitreader bitwriter linker target)
execute_process(
  COMMAND ${LLVM_TOOLS_BINARY_DIR}/llvm-config --link-static --libfiles ${llvm_components}
  OUTPUT_VARIABLE llvm_archives OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
separate_arguments(llvm_archives)
# Polly is an extension of the passes that link bitcode, and packaged apart.
list(FILTER llvm_archives EXCLUDE REGEX "libPolly")

# lld initialises every target that Debian's LLVM was built with, and the parsers of their
# assembly. Those that are not carried do nothing. Nobody links bitcode, which would ask
# for Polly.
set(carried ${LLVM_NATIVE_ARCH} NVPTX AMDGPU SPIRV)
set(functions "void _Z18getPollyPluginInfov(void) { __builtin_trap(); }\n")
foreach(kind Targets AsmPrinters AsmParsers)
  file(STRINGS ${LLVM_INCLUDE_DIR}/llvm/Config/${kind}.def names REGEX "^LLVM_[A-Z_]+\\([A-Za-z0-9]+\\)")
  list(TRANSFORM names REPLACE ".*\\((.*)\\).*" "\\1")
  if(NOT kind STREQUAL AsmParsers)
    list(REMOVE_ITEM names ${carried})
  endif()
  set(suffixes AsmParser)
  if(kind STREQUAL Targets)
    set(suffixes TargetInfo Target TargetMC)
  elseif(kind STREQUAL AsmPrinters)
    set(suffixes AsmPrinter)
  endif()
  foreach(name ${names})
    foreach(suffix ${suffixes})
      string(APPEND functions "void LLVMInitialize${name}${suffix}(void) {}\n")
    endforeach()
  endforeach()
endforeach()
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/absent_targets.c
     CONTENT "#pragma GCC visibility push(hidden)\n${functions}")
target_sources(portico_llvm INTERFACE ${CMAKE_BINARY_DIR}/absent_targets.c)
set_property(TARGET lldELF lldCommon PROPERTY INTERFACE_LINK_LIBRARIES "")

target_link_libraries(portico_llvm INTERFACE ${mlir_archives} ${llvm_archives}
                      -l:libzstd.a -l:libz.a ${CMAKE_DL_LIBS} Threads::Threads m)
# Nothing of LLVM or of the C++ library is visible from outside, and what nobody calls
# is left out.
target_link_options(portico_llvm INTERFACE LINKER:--exclude-libs,ALL LINKER:--gc-sections
                    LINKER:--icf=safe LINKER:-s -static-libstdc++ -static-libgcc)
